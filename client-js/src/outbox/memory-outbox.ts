import { base64Url } from '../bytes.ts';
import type { Random } from '../random.ts';
import { type ConversationTarget, keyOf } from '../conversation-target.ts';
import type { Lane, LaneContent, Outbox } from './outbox.ts';

const OUTBOX_ID_BYTES = 16;

/** A random id that nobody else has. */
export function newOutboxId(random: Random): string {
  return base64Url(random.bytes(OUTBOX_ID_BYTES));
}

/** An outbox that lasts as long as the page: what is pending lives in the replicas alone. */
export class MemoryOutbox implements Outbox {
  private current: string;
  private readonly lanes = new Map<string, MemoryLane>();

  constructor(private readonly random: Random) {
    this.current = newOutboxId(random);
  }

  id(): string {
    return this.current;
  }

  renew(): string {
    this.current = newOutboxId(this.random);
    return this.current;
  }

  lane(outbox: string, target: ConversationTarget): Lane {
    const key = `${outbox} ${keyOf(target)}`;
    const lane = this.lanes.get(key) ?? new MemoryLane(outbox);
    this.lanes.set(key, lane);
    return lane;
  }

  creates(): Promise<boolean> {
    return Promise.resolve(false);
  }

  unsent(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  dismiss(): Promise<void> {
    return Promise.resolve();
  }
}

/** Remembers only where to go on when the conversation is opened again. */
class MemoryLane implements Lane {
  answeredSeq = 0;
  blockCount = 0;

  constructor(readonly outbox: string) {}

  save({ answeredSeq, blockCount }: LaneContent): Promise<void> {
    this.answeredSeq = answeredSeq;
    this.blockCount = blockCount;
    return Promise.resolve();
  }

  moveTo(lane: Lane, content: LaneContent): Promise<void> {
    return lane.save(content);
  }
}
