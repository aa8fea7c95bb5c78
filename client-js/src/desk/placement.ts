// Ranks for a block that is put between others.

import { type Ranked, inOrder, rankBetween, rankOf, rankOfRevision } from '../conversation/rank.ts';

/** Where to put something: right before one, right after one; at the end if neither is told. */
export interface Place {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** A block's rank in some list. */
export interface Placed {
  readonly id: string;
  readonly rank: string;
}

/** The blocks as they stand, pending ones left out: they stand last. */
export function standingOf(blocks: readonly Ranked[]): Placed[] {
  return blocks.filter((block) => rankOf(block) !== '~').map((block) => ({ id: block.id, rank: rankOf(block) }));
}

/**
 * The ranks that put the block in its place in a list that is in order: its own, and those of blocks behind it that shared
 * a rank with the one before it. `end`: a rank before which the list ends; empty: none.
 */
export function placed(list: readonly Placed[], id: string, { before, after }: Place, end = ''): readonly Placed[] {
  const others = list.filter((other) => other.id !== id);
  const index = indexIn(others, before, after);
  const lower = others[index - 1]?.rank ?? '';
  const followers = others.slice(index);
  const shared = followers.findIndex(({ rank }) => rank !== lower);
  const moved = lower === '' || shared === 0 ? [] : followers.slice(0, shared < 0 ? followers.length : shared);
  const next = followers[moved.length]?.rank ?? (inOrder(lower, end) < 0 ? end : '');
  const result: Placed[] = [];
  for (const each of [id, ...moved.map((follower) => follower.id)]) {
    result.push({ id: each, rank: rankBetween(result[result.length - 1]?.rank ?? lower, next) });
  }
  return result;
}

function indexIn(list: readonly Placed[], before: string | undefined, after: string | undefined): number {
  const next = list.findIndex(({ id }) => id === before);
  const previous = list.findIndex(({ id }) => id === after);
  return next >= 0 ? next : previous >= 0 ? previous + 1 : list.length;
}

/** What the next entry's blocks will stand at: who is put at the end does not stand behind what is yet to come. */
export function rankOfNext(revision: number): string {
  return rankOfRevision(revision + 1);
}
