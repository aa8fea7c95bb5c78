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
  /** Opens what belongs to the principal that the token is for. Resolves when ids and lanes are settled. */
  open(principal: string): Promise<void>;
  /** The id that new work goes under. Asking for it settles it. */
  id(): string;
  /** An id that the gateway has never seen; new work goes under it from now on. */
  renew(): string;
  lane(outbox: string, target: ConversationTarget): Lane;
  /** What other visits left unsent in the conversation. */
  unsent(target: ConversationTarget): Promise<readonly Unsent[]>;
  /** Gives the outbox up for others to take over. */
  release(): void;
}
