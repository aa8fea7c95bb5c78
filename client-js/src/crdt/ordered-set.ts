import { type Dot, type VersionVector, byUnits, compareDots, nextDot } from './causal-context.ts';
import * as dotMap from './dot-map.ts';

/** An addition that is alive, and where it was put last: by the event `moved`, under `stamp`. */
export interface Placed extends dotMap.Living {
  readonly rank: string;
  readonly stamp: number;
  readonly moved: Dot;
}

/**
 * An add-wins set whose members have a rank, an opaque string compared by its UTF-16 units: a list that several people
 * arrange. The last to move a member wins, told by a Lamport stamp (larger than any that the mover saw at the member), at
 * the same stamp by the event. Moving does not bring back who was removed meanwhile.
 *
 * Each addition carries a last-writer-wins register (Shapiro et al., "A comprehensive study of Convergent and Commutative
 * Replicated Data Types", 2011), in the manner of the dot functions of Almeida, Shoker, Baquero, "Delta state replicated
 * data types" (2018); the set is that of Bieniusa et al., "An optimized conflict-free replicated set" (2012).
 */
export type OrderedSet = dotMap.DotMap<Placed>;

const RANK_LENGTH_MAX = 64;

const KIND = {
  join: (a: Placed, b: Placed) => ((a.stamp - b.stamp || compareDots(a.moved, b.moved)) >= 0 ? a : b),
  changed: ({ moved }: Placed) => moved,
};

export const EMPTY: OrderedSet = dotMap.EMPTY;

/** By rank, then by element. */
export function elements(set: OrderedSet): string[] {
  return set.entries
    .map(([element]) => [element, rankOf(set, element) ?? ''] as const)
    .sort(([a, rankA], [b, rankB]) => byUnits(rankA, rankB) || byUnits(a, b))
    .map(([element]) => element);
}

export function rankOf(set: OrderedSet, element: string): string | undefined {
  const [first, ...more] = dotMap.livingOf(set, element);
  return first && more.reduce(KIND.join, first).rank;
}

/** A delta that adds an element at a rank, also over removals that happen meanwhile. */
export function addition(set: OrderedSet, replica: string, element: string, rank: string): OrderedSet {
  const dot = nextDot(set.context, replica);
  return placed(set, element, [{ dot, ...place(set, element, rank, dot) }], dot);
}

/** A delta that moves a member to a rank; empty if it is none. */
export function move(set: OrderedSet, replica: string, element: string, rank: string): OrderedSet {
  const living = dotMap.livingOf(set, element);
  if (living.length === 0) {
    return EMPTY;
  }
  const moved = nextDot(set.context, replica);
  const to = place(set, element, rank, moved);
  return placed(
    set,
    element,
    living.map(({ dot }) => ({ dot, ...to })),
    moved,
  );
}

/** A delta that removes elements, as far as they were seen here. */
export function removal(set: OrderedSet, replica: string, removed: readonly string[]): OrderedSet {
  return dotMap.removal(set, replica, removed);
}

export { versions } from './dot-map.ts';

export function merge(a: OrderedSet, b: OrderedSet): OrderedSet {
  return dotMap.merge(KIND, a, b);
}

/** What who knows the events of `since` lacks. */
export function delta(set: OrderedSet, since: VersionVector): OrderedSet {
  return dotMap.delta(KIND, set, since);
}

/** Without what other replicas than these added. Who is left out must never come back under the same name. */
export function retain(set: OrderedSet, replicas: ReadonlySet<string>): OrderedSet {
  return dotMap.retain(set, replicas);
}

function place(set: OrderedSet, element: string, rank: string, moved: Dot): Omit<Placed, 'dot'> {
  if (rank.length > RANK_LENGTH_MAX) {
    throw new RangeError('a rank that is too long');
  }
  const stamps = dotMap.livingOf(set, element).map(({ stamp }) => stamp);
  return { rank, stamp: Math.max(0, ...stamps) + 1, moved };
}

function placed(set: OrderedSet, element: string, living: readonly Placed[], event: Dot): OrderedSet {
  return dotMap.changed([[element, living]], event, dotMap.dotsOf(set, element));
}
