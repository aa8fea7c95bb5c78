// Ranks for something that is put between others, as Placement in Java finds them.

import { RANK_LENGTH_MAX, type Ranked, inOrder, rankBetween, rankOf, rankOfRevision } from '../conversation/rank.ts';

/** Neighbours get ranks that leave some digits free, so that they do not have to move again with the next one. */
const SPREAD_LENGTH_MAX = RANK_LENGTH_MAX - 4;

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
 * The ranks that put the block in its place in a list that is in order: its own, and those of neighbours where there is no
 * room for it. Who shares the rank of the one before it moves too; with no room left, as many neighbours on both sides as it
 * takes. `end`: a rank before which the list ends; empty: none.
 */
export function placed(list: readonly Placed[], id: string, { before, after }: Place, end = ''): readonly Placed[] {
  const others = list.filter((other) => other.id !== id);
  const index = indexIn(others, before, after);
  const low = others[index - 1]?.rank ?? '';
  let shared = index;
  while (low !== '' && others[shared]?.rank === low) {
    shared++;
  }
  let [from, to] = [index, shared];
  let ranks = ranksIn(others, from, to, end, RANK_LENGTH_MAX);
  for (let more = 1; !ranks; more *= 2) {
    from = Math.max(0, index - more);
    to = Math.min(others.length, shared + more);
    const isAll = from === 0 && to === others.length;
    ranks = ranksIn(others, from, to, end, isAll ? RANK_LENGTH_MAX : SPREAD_LENGTH_MAX);
    if (isAll && !ranks) {
      throw new RangeError(`no ranks for ${others.length} before ${end}`);
    }
  }
  const ids = others.slice(from, to).map((other) => other.id);
  ids.splice(index - from, 0, id);
  const all = ids.map((each, i) => ({ id: each, rank: ranks[i] ?? '' }));
  return [...all.splice(index - from, 1), ...all];
}

function indexIn(list: readonly Placed[], before: string | undefined, after: string | undefined): number {
  const next = list.findIndex(({ id }) => id === before);
  const previous = list.findIndex(({ id }) => id === after);
  return next >= 0 ? next : previous >= 0 ? previous + 1 : list.length;
}

/** For those from `from` to before `to` and one more; none if there are none of that length. */
function ranksIn(
  others: readonly Placed[],
  from: number,
  to: number,
  end: string,
  lengthMax: number,
): readonly string[] | undefined {
  const low = others[from - 1]?.rank ?? '';
  const high = others[to]?.rank ?? (inOrder(low, end) < 0 ? end : '');
  if (high !== '' && inOrder(low, high) >= 0) {
    return undefined;
  }
  const ranks = spread(low, high, to - from + 1);
  return ranks.every(({ length }) => length <= lengthMax) ? ranks : undefined;
}

/** Halves the room again and again, which takes fewer digits than one step after the other. */
function spread(low: string, high: string, count: number): readonly string[] {
  if (count === 0) {
    return [];
  }
  const middle = rankBetween(low, high);
  return [...spread(low, middle, Math.floor((count - 1) / 2)), middle, ...spread(middle, high, Math.floor(count / 2))];
}

/** What the next entry's blocks will stand at: who is put at the end does not stand behind what is yet to come. */
export function rankOfNext(revision: number): string {
  return rankOfRevision(revision + 1);
}
