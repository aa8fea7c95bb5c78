import type { Pending, Unsent } from '../conversation/pending.ts';
import type { ConversationTarget } from '../conversation-target.ts';
import type { Position } from '../wire/wire.ts';

/** What an outbox keeps of one conversation. */
export interface LaneContent {
  /** What `pending` is based on. */
  readonly position: Position;
  readonly answeredSeq: number;
  /** How many block ids were given out. */
  readonly blockCount: number;
  readonly pending: readonly Pending[];
  /** What did not get into the conversation; kept from here on until it is dismissed. */
  readonly unsent: readonly Unsent[];
}

/** The part of an outbox that belongs to one conversation. */
export interface Lane {
  readonly outbox: string;
  readonly answeredSeq: number;
  readonly blockCount: number;
  /** Keeps exactly this from now on, in one transaction; resolves when the device has it. */
  save(content: LaneContent): Promise<void>;
  /** Keeps exactly this under another outbox from now on, and nothing here, in one transaction. */
  moveTo(lane: Lane, content: LaneContent): Promise<void>;
}

/** A client's queue of submissions that were not answered yet. */
export interface Outbox {
  /** The id that new work goes under. Asking for it settles it. */
  id(): string;
  /** An id that the gateway has never seen; new work goes under it from now on. */
  renew(): string;
  lane(outbox: string, target: ConversationTarget): Lane;
  /** Whether one of the blocks is created by something that an outbox of this browser has yet to see answered. */
  creates(blocks: readonly string[]): Promise<boolean>;
  /** What did not get into the conversation, now or on earlier visits. */
  unsent(target: ConversationTarget): Promise<readonly Unsent[]>;
  dismiss(unsentId: string): Promise<void>;
}
