import { type ConversationTarget, keyOf } from '../conversation-target.ts';
import { START } from '../conversation/state.ts';
import { ParleyError } from '../errors.ts';
import type { Database } from './database.ts';
import type { Lane, LaneContent } from './outbox.ts';
import { laneRecord, outboxRecord, submissionRecord, unsentRecord } from './record.ts';

const WRITTEN = ['outboxes', 'lanes', 'submissions', 'unsent'];

/** A lane that nothing was written to. */
export const EMPTY: LaneContent = { position: START, answeredSeq: 0, blockCount: 0, pending: [], unsent: [] };

/** Keeps one conversation of one outbox in the database: each write brings it from what is there to what is wanted. */
export class StoredLane implements Lane {
  private wanted: LaneContent;
  /** In which creation of the database `stored` is; undefined: in the first that is written to. */
  private creation: number | undefined;
  private next: Promise<void> | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Promise<Database>,
    readonly outbox: string,
    private readonly target: ConversationTarget,
    private stored: LaneContent,
    private readonly nowMillis: () => number,
    /** Whether the outbox is still the page's: from then on it is somebody else's to write. */
    private readonly isOurs: () => boolean,
  ) {
    this.wanted = stored;
  }

  get answeredSeq(): number {
    return this.wanted.answeredSeq;
  }

  get blockCount(): number {
    return this.wanted.blockCount;
  }

  save(content: LaneContent): Promise<void> {
    this.wanted = content;
    this.next ??= this.afterWriting(async () => {
      this.next = undefined;
      const { wanted } = this;
      await this.transact((transaction, creation) => {
        this.put(transaction, creation, wanted);
      });
      this.stored = wanted;
    });
    return this.next;
  }

  /** Writes it again where the database was cleared. */
  restore(): void {
    if (this.wanted.pending.length > 0) {
      void this.save(this.wanted).catch(noop);
    }
  }

  /** What either lane is told meanwhile is written before and after that, in this order. */
  moveTo(lane: StoredLane, content: LaneContent): Promise<void> {
    lane.wanted = content;
    const moved = this.afterWriting(async () => {
      const { answeredSeq, blockCount } = this;
      const left = { ...EMPTY, answeredSeq, blockCount };
      this.wanted = left;
      await this.transact((transaction, creation) => {
        this.put(transaction, creation, left);
        lane.put(transaction, creation, content);
      });
      this.stored = left;
      lane.stored = content;
    });
    lane.writing = moved;
    return moved;
  }

  private async transact(body: (transaction: IDBTransaction, creation: number) => void): Promise<void> {
    const database = await this.database;
    const isWritten = await database.transact(WRITTEN, 'readwrite', (transaction) => {
      const isOurs = this.isOurs();
      if (isOurs) {
        body(transaction, database.creations);
      }
      return isOurs;
    });
    if (!isWritten) {
      throw new ParleyError('NOT_SAVED', true);
    }
  }

  /** One after the other, so that each write knows what the one before it left. */
  private afterWriting(write: () => Promise<void>): Promise<void> {
    const done = this.writing.then(write, write);
    this.writing = done;
    return done;
  }

  private put(transaction: IDBTransaction, creation: number, content: LaneContent): void {
    this.creation ??= creation;
    if (creation > this.creation) {
      this.creation = creation;
      this.stored = EMPTY;
    }
    const { outbox, target, stored } = this;
    const lane = keyOf(target);
    const submissions = transaction.objectStore('submissions');
    const isRebased = stored.position.revision !== content.position.revision;
    const before = new Map(stored.pending.map((pending) => [pending.seq, pending]));
    for (const pending of content.pending) {
      if (isRebased || before.get(pending.seq) !== pending) {
        submissions.put(submissionRecord(outbox, lane, content.position, pending));
      }
      before.delete(pending.seq);
    }
    for (const seq of before.keys()) {
      submissions.delete([outbox, lane, seq]);
    }
    const kept = new Set(stored.unsent.map(({ id }) => id));
    for (const unsent of content.unsent.filter(({ id }) => !kept.has(id))) {
      transaction.objectStore('unsent').put(unsentRecord(lane, unsent));
    }
    transaction.objectStore('outboxes').put(outboxRecord(outbox, this.nowMillis()));
    transaction.objectStore('lanes').put(laneRecord(outbox, lane, content.answeredSeq, content.blockCount));
  }
}

function noop(): void {
  return;
}
