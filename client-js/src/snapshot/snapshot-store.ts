import type { ConversationState } from '../conversation/state.ts';
import { type ConversationTarget, keyOf } from '../conversation-target.ts';
import { Database } from '../outbox/database.ts';
import type { Blocks, View } from '../wire/wire.ts';

const FORMAT = 1;
const STORE = 'snapshots';
/** Of a conversation; older ones are loaded when somebody scrolls back. */
const BLOCKS_MAX = 200;
/** Those that were not looked at for longest go. */
const CONVERSATIONS_MAX = 50;

/** A conversation as some tab of this browser had it last. */
export interface Snapshot {
  readonly conversation: string;
  readonly view: View;
  readonly blocks: Blocks;
}

interface SnapshotRecord extends Snapshot {
  readonly format: typeof FORMAT;
  readonly lane: string;
  readonly savedMillis: number;
}

/** Keeps what conversations held, so that the next tab shows it at once and asks the gateway for the difference only. */
export class SnapshotStore {
  private readonly database: Database;

  constructor(
    factory: IDBFactory,
    name: string,
    private readonly nowMillis: () => number,
  ) {
    this.database = new Database(factory, name, (database) => {
      database.createObjectStore(STORE, { keyPath: 'lane' });
    });
  }

  /** What was saved last, or nothing if that cannot be had. */
  async read(target: ConversationTarget): Promise<Snapshot | undefined> {
    const request = await this.database
      .transact([STORE], 'readonly', (transaction) => transaction.objectStore(STORE).get(keyOf(target)))
      .catch(noop);
    const record = request?.result as SnapshotRecord | undefined;
    return record?.format === FORMAT ? record : undefined;
  }

  async clear(): Promise<void> {
    await this.database
      .transact([STORE], 'readwrite', (transaction) => transaction.objectStore(STORE).clear())
      .catch(noop);
  }

  /** Never fails: what is not kept is loaded from the gateway. */
  async save(target: ConversationTarget, conversation: string, state: ConversationState): Promise<void> {
    const record: SnapshotRecord = {
      ...{ format: FORMAT, lane: keyOf(target), savedMillis: this.nowMillis() },
      ...{ conversation, view: state.view, blocks: state.latest(BLOCKS_MAX) },
    };
    await this.database
      .transact([STORE], 'readwrite', (transaction) => {
        const store = transaction.objectStore(STORE);
        store.put(record);
        const all = store.getAll();
        all.onsuccess = () => {
          (all.result as SnapshotRecord[])
            .sort((a, b) => b.savedMillis - a.savedMillis)
            .slice(CONVERSATIONS_MAX)
            .forEach(({ lane }) => {
              store.delete(lane);
            });
        };
      })
      .catch(noop);
  }
}

function noop(): undefined {
  return undefined;
}
