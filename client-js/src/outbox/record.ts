// What the outbox's database holds. Each record begins with the version of its form, so that a later client knows it.

import type { Pending, Unsent } from '../conversation/pending.ts';
import { type ConversationTarget, targetOf } from '../conversation-target.ts';
import type { Position } from '../wire/wire.ts';
import type { LaneContent } from './outbox.ts';

const FORMAT = 1;

/** One outbox of this browser's. */
export interface OutboxRecord {
  readonly format: typeof FORMAT;
  readonly outbox: string;
  readonly usedMillis: number;
}

/** What an outbox knows of one conversation. */
export interface LaneRecord {
  readonly format: typeof FORMAT;
  readonly outbox: string;
  readonly lane: string;
  readonly answeredSeq: number;
  readonly blockCount: number;
}

/** One submission without an answer. */
export interface SubmissionRecord {
  readonly format: typeof FORMAT;
  readonly outbox: string;
  readonly lane: string;
  readonly seq: number;
  /** What the effects are based on, with those of the lane's earlier submissions. */
  readonly base: Position;
  readonly contentId: Uint8Array;
  readonly effects: Pending['effects'];
  readonly command: Pending['command'];
  readonly frozen: Pending['frozen'];
  readonly state: 'queued' | 'inflight';
  readonly composedAtMillis: number;
}

/** What did not get into its conversation. */
export interface UnsentRecord extends Unsent {
  readonly format: typeof FORMAT;
  readonly lane: string;
}

export const STORES = {
  outboxes: 'outbox',
  lanes: ['outbox', 'lane'],
  submissions: ['outbox', 'lane', 'seq'],
  unsent: 'id',
} as const;

export function outboxRecord(outbox: string, usedMillis: number): OutboxRecord {
  return { format: FORMAT, outbox, usedMillis };
}

export function laneRecord(outbox: string, lane: string, answeredSeq: number, blockCount: number): LaneRecord {
  return { format: FORMAT, outbox, lane, answeredSeq, blockCount };
}

export function submissionRecord(outbox: string, lane: string, base: Position, pending: Pending): SubmissionRecord {
  const { seq, contentId, effects, command, frozen, sends, composedAtMillis } = pending;
  const state = sends > 0 ? 'inflight' : 'queued';
  return {
    ...{ format: FORMAT, outbox, lane, seq, base },
    ...{ contentId, effects, command, frozen, state, composedAtMillis },
  };
}

export function unsentRecord(lane: string, unsent: Unsent): UnsentRecord {
  return { format: FORMAT, lane, ...unsent };
}

/** Whether this client can read the record: a newer one may have left others, which are for it to take up. */
export function isReadable({ format }: { readonly format: number }): boolean {
  return format === FORMAT;
}

/** What the records of one outbox say of each conversation that it has work for. */
export function lanesFrom(
  lanes: readonly LaneRecord[],
  submissions: readonly SubmissionRecord[],
): { readonly target: ConversationTarget; readonly content: LaneContent }[] {
  return lanes.flatMap(({ lane, answeredSeq, blockCount }) => {
    const records = submissions.filter((record) => record.lane === lane);
    const [first] = records;
    const pending = records.map(pendingFrom);
    return first
      ? [{ target: targetOf(lane), content: { position: first.base, answeredSeq, blockCount, pending, unsent: [] } }]
      : [];
  });
}

function pendingFrom(record: SubmissionRecord): Pending {
  const { seq, contentId, effects, command, frozen, state, composedAtMillis } = record;
  return { seq, contentId, effects, command, frozen, sends: state === 'inflight' ? 1 : 0, composedAtMillis };
}
