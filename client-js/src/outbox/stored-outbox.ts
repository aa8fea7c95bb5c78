import { type Unsent, createdBlocks, needs } from '../conversation/pending.ts';
import { type ConversationTarget, keyOf, targetOf } from '../conversation-target.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { Database } from './database.ts';
import { type HeldLock, tryLock, waitForLock } from './lock.ts';
import { newOutboxId } from './memory-outbox.ts';
import type { LaneContent, Outbox } from './outbox.ts';
import {
  type LaneRecord,
  type OutboxRecord,
  STORES,
  type SubmissionRecord,
  type UnsentRecord,
  isReadable,
  lanesFrom,
} from './record.ts';
import { EMPTY, StoredLane } from './stored-lane.ts';

/** What a browser has to have for outboxes that survive the page. */
export interface StorageSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly indexedDB: IDBFactory;
  readonly locks: LockManager;
}

/** What a page that is gone left in its outbox. */
export interface Orphan {
  readonly outbox: string;
  readonly lanes: ReturnType<typeof lanesFrom>;
}

/** What the page holds and waits for, until it goes to sleep or away. */
class Stay {
  readonly held = new Map<string, HeldLock>();
  readonly awaited = new Set<string>();
  private readonly leaving = new AbortController();

  get signal(): AbortSignal {
    return this.leaving.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  hold(outbox: string, lock: HeldLock): void {
    if (this.isOver) {
      lock.release();
    } else {
      this.held.set(outbox, lock);
    }
  }

  letGo(outbox: string): void {
    this.held.get(outbox)?.release();
    this.held.delete(outbox);
  }

  end(): void {
    this.leaving.abort();
    [...this.held.keys()].forEach((outbox) => {
      this.letGo(outbox);
    });
  }
}

/**
 * The outboxes of one principal in this browser, in IndexedDB. Each page writes one of its own, which a Web Lock gives to
 * it alone: one that is drained and that nobody holds, or else a new one.
 */
export class StoredOutbox implements Outbox {
  private readonly database: Promise<Database>;
  private resolveDatabase!: (database: Database) => void;
  private rejectDatabase!: (error: Error) => void;
  private current: string | undefined;
  private lanes = new Map<string, StoredLane>();
  private prefix = '';
  private stay = new Stay();

  constructor(
    private readonly url: string,
    private readonly around: StorageSurroundings,
  ) {
    this.database = new Promise((resolve, reject) => {
      this.resolveDatabase = resolve;
      this.rejectDatabase = reject;
    });
    this.database.catch(noop);
  }

  /** Opens what belongs to a principal, and takes an outbox, unless one was settled on already. Never fails. */
  async open(principal: string): Promise<void> {
    const name = `parley/${this.url}/${principal}`;
    this.prefix = `${name}/outbox/`;
    const database = new Database(this.around.indexedDB, name, upgrade, () => {
      this.lanes.forEach((lane) => {
        lane.restore();
      });
    });
    try {
      await this.claim(database, this.stay);
      this.resolveDatabase(database);
    } catch (error) {
      this.rejectDatabase(error instanceof Error ? error : new Error(String(error)));
    }
    await this.hold(this.id(), this.stay);
  }

  id(): string {
    this.current ??= newOutboxId(this.around.random);
    return this.current;
  }

  renew(): string {
    this.current = this.mint();
    return this.current;
  }

  /** A new id, which is held like one's own. */
  mint(): string {
    const outbox = newOutboxId(this.around.random);
    void this.hold(outbox, this.stay);
    return outbox;
  }

  /** Gives up one of those that were minted. */
  leave(outbox: string): void {
    this.stay.letGo(outbox);
  }

  lane(outbox: string, target: ConversationTarget): StoredLane {
    const key = laneKey(outbox, keyOf(target));
    const lane = this.lanes.get(key) ?? this.newLane(outbox, target, EMPTY);
    this.lanes.set(key, lane);
    return lane;
  }

  /** A lane that holds work which another page left there. */
  laneWith(outbox: string, target: ConversationTarget, content: LaneContent): StoredLane {
    return this.newLane(outbox, target, content);
  }

  async creates(blocks: readonly string[]): Promise<boolean> {
    const database = await this.database;
    const request = await database.transact(['submissions'], 'readonly', (transaction) =>
      transaction.objectStore('submissions').getAll(),
    );
    const created = createdBlocks((request.result as SubmissionRecord[]).filter(isReadable));
    return blocks.some((block) => created.has(block));
  }

  async unsent(target: ConversationTarget): Promise<readonly Unsent[]> {
    const database = await this.database;
    const request = await database.transact(['unsent'], 'readonly', (transaction) =>
      transaction.objectStore('unsent').getAll(),
    );
    const lane = keyOf(target);
    return (request.result as UnsentRecord[]).filter((record) => isReadable(record) && record.lane === lane);
  }

  async dismiss(unsentId: string): Promise<void> {
    const database = await this.database;
    await database.transact(['unsent'], 'readwrite', (transaction) =>
      transaction.objectStore('unsent').delete(unsentId),
    );
  }

  /**
   * Looks for outboxes of others, and has each that its page left with unanswered work taken over: now, or as soon as
   * that page goes away, or when what it was made on is answered. `adopt` is called with the lock held, and until it is done.
   */
  async watchOrphans(adopt: (orphan: Orphan) => Promise<void>): Promise<void> {
    const { stay } = this;
    const { busy } = await this.survey();
    const { held = [] } = await this.around.locks.query();
    const names = held.map(({ name = '' }) => name).filter((name) => name.startsWith(this.prefix));
    for (const outbox of [...busy, ...names.map((name) => name.slice(this.prefix.length))]) {
      if (!stay.held.has(outbox) && !stay.awaited.has(outbox) && !stay.isOver) {
        stay.awaited.add(outbox);
        void this.takeOver(outbox, adopt, stay).catch(noop);
      }
    }
  }

  /** Takes an outbox anew, after `release`. */
  async reclaim(): Promise<void> {
    const stay = new Stay();
    this.stay = stay;
    this.current = undefined;
    this.lanes.clear();
    await this.database.then((database) => this.claim(database, stay)).catch(noop);
    if (this.stay === stay) {
      await this.hold(this.id(), stay);
    }
  }

  /** Gives everything up for others to take over. */
  release(): void {
    this.stay.end();
  }

  /** Nothing that was found out before the page slept is acted on after it: somebody else may have by then. */
  private async takeOver(outbox: string, adopt: (orphan: Orphan) => Promise<void>, stay: Stay): Promise<void> {
    try {
      stay.hold(outbox, await waitForLock(this.around.locks, this.lockName(outbox), stay.signal));
      const orphan = await this.orphan(outbox);
      const needed = needs(orphan.lanes.flatMap(({ content }) => content.pending));
      if (orphan.lanes.length > 0 && !(await this.creates(needed)) && !stay.isOver) {
        await adopt(orphan);
      }
    } finally {
      stay.awaited.delete(outbox);
      stay.letGo(outbox);
    }
  }

  private async orphan(outbox: string): Promise<Orphan> {
    const database = await this.database;
    const [lanes, submissions] = await database.transact(['lanes', 'submissions'], 'readonly', (transaction) => [
      transaction.objectStore('lanes').getAll(rangeOf(outbox)),
      transaction.objectStore('submissions').getAll(rangeOf(outbox)),
    ]);
    return {
      outbox,
      lanes: lanesFrom(
        (lanes.result as LaneRecord[]).filter(isReadable),
        (submissions.result as SubmissionRecord[]).filter(isReadable),
      ),
    };
  }

  /** All outboxes, latest used first, and which of them hold work. */
  private async survey(database?: Database): Promise<{ outboxes: OutboxRecord[]; busy: ReadonlySet<string> }> {
    const open = database ?? (await this.database);
    const [outboxes, keys] = await open.transact(['outboxes', 'submissions'], 'readonly', (transaction) => [
      transaction.objectStore('outboxes').getAll(),
      transaction.objectStore('submissions').getAllKeys(),
    ]);
    return {
      outboxes: (outboxes.result as OutboxRecord[]).filter(isReadable).sort((a, b) => b.usedMillis - a.usedMillis),
      busy: new Set((keys.result as string[][]).map(([outbox]) => outbox ?? '')),
    };
  }

  private async claim(database: Database, stay: Stay): Promise<void> {
    const { outboxes, busy } = await this.survey(database);
    for (const { outbox } of outboxes.filter((each) => !busy.has(each.outbox))) {
      const lock = await tryLock(this.around.locks, this.lockName(outbox));
      const isStillDrained = lock && !(await this.survey(database)).busy.has(outbox);
      const lanes = isStillDrained ? await this.lanesOf(database, outbox, stay) : undefined;
      // Somebody may have settled on a new outbox meanwhile, by writing, or sleep.
      if (lock && lanes && this.current === undefined && this.stay === stay && !stay.isOver) {
        this.current = outbox;
        this.lanes = lanes;
        stay.hold(outbox, lock);
        return;
      }
      lock?.release();
    }
  }

  private async lanesOf(database: Database, outbox: string, stay: Stay): Promise<typeof this.lanes> {
    const request = await database.transact(['lanes'], 'readonly', (transaction) =>
      transaction.objectStore('lanes').getAll(rangeOf(outbox)),
    );
    const records = (request.result as LaneRecord[]).filter(isReadable);
    return new Map(
      records.map(({ lane, answeredSeq, blockCount }) => {
        const content = { ...EMPTY, answeredSeq, blockCount };
        return [laneKey(outbox, lane), this.newLane(outbox, targetOf(lane), content, stay)];
      }),
    );
  }

  private newLane(
    outbox: string,
    target: ConversationTarget,
    content: LaneContent,
    stay: Stay = this.stay,
  ): StoredLane {
    const nowMillis = () => this.around.clock.nowMillis();
    return new StoredLane(this.database, outbox, target, content, nowMillis, () => !stay.isOver);
  }

  private async hold(outbox: string, stay: Stay): Promise<void> {
    if (!stay.held.has(outbox)) {
      const lock = await tryLock(this.around.locks, this.lockName(outbox)).catch(noop);
      if (lock) {
        stay.hold(outbox, lock);
      }
    }
  }

  private lockName(outbox: string): string {
    return this.prefix + outbox;
  }
}

function upgrade(database: IDBDatabase): void {
  for (const [name, keyPath] of Object.entries(STORES)) {
    database.createObjectStore(name, { keyPath: typeof keyPath === 'string' ? keyPath : [...keyPath] });
  }
}

/** All keys that begin with the outbox. */
function rangeOf(outbox: string): IDBKeyRange {
  return IDBKeyRange.bound([outbox], [outbox, []]);
}

function laneKey(outbox: string, lane: string): string {
  return `${outbox} ${lane}`;
}

function noop(): undefined {
  return undefined;
}
