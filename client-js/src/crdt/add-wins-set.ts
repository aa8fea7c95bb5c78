import { type Dot, type VersionVector, byUnits, contextOf, nextDot } from './causal-context.ts';
import * as dotMap from './dot-map.ts';

/**
 * A set of strings in which an addition wins over a concurrent removal: removing takes out the additions it has seen.
 *
 * The observed-remove set of Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of Convergent and Commutative
 * Replicated Data Types" (2011), without tombstones as in Bieniusa et al., "An optimized conflict-free replicated set"
 * (2012), with the deltas and causal contexts of Almeida, Shoker, Baquero, "Delta state replicated data types" (2018).
 *
 * A change is made as a delta, a small set to be merged here and elsewhere. Only who is called `replica` makes changes
 * under that name, on a set that has all it made before.
 */
export type AddWinsSet = dotMap.DotMap<dotMap.Living>;

const KIND: dotMap.Kind<dotMap.Living> = { join: (a) => a, changed: ({ dot }) => dot };

export const EMPTY: AddWinsSet = dotMap.EMPTY;

export function elements(set: AddWinsSet): string[] {
  return set.entries.map(([element]) => element);
}

/** A delta that adds elements, also over removals that happen meanwhile. */
export function addition(set: AddWinsSet, replica: string, added: readonly string[]): AddWinsSet {
  const [, first] = nextDot(set.context, replica);
  const entries = [...new Set(added)].map((element, i) => [element, [{ dot: [replica, first + i] as Dot }]] as const);
  const dots = entries.map(([, [{ dot }]]) => dot);
  const replaced = entries.flatMap(([element]) => dotMap.dotsOf(set, element));
  return {
    entries: entries.sort(([a], [b]) => byUnits(a, b)),
    context: contextOf([...dots, ...replaced]),
    events: contextOf(dots),
  };
}

/** A delta that removes elements, as far as they were seen here. */
export function removal(set: AddWinsSet, replica: string, removed: readonly string[]): AddWinsSet {
  return dotMap.removal(set, replica, removed);
}

/** A delta that takes back what this replica added. What others added stays in. */
export function withdrawal(set: AddWinsSet, replica: string, added: readonly string[]): AddWinsSet {
  return dotMap.removal(set, replica, added, ([owner]) => owner === replica);
}

export { versions } from './dot-map.ts';

export function merge(a: AddWinsSet, b: AddWinsSet): AddWinsSet {
  return dotMap.merge(KIND, a, b);
}

/** What who knows the events of `since` lacks. */
export function delta(set: AddWinsSet, since: VersionVector): AddWinsSet {
  return dotMap.delta(KIND, set, since);
}

/** Without what other replicas than these added. Who is left out must never come back under the same name. */
export function retain(set: AddWinsSet, replicas: ReadonlySet<string>): AddWinsSet {
  return dotMap.retain(set, replicas);
}
