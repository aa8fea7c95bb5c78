import { type VersionVector, byUnits, countOf, requireFew, requireReplica } from './causal-context.ts';

/**
 * A number that several replicas count up and down at once: what each added and what it took away, sorted by replica, no
 * row of zeros. Plain data, whose JSON is equal where it is equal.
 *
 * The PN-Counter of Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of Convergent and Commutative Replicated
 * Data Types" (2011), of each count the larger wins; with the deltas of Almeida, Shoker, Baquero, "Delta state replicated
 * data types" (2018). Only who is called `replica` makes changes under that name.
 */
export type PnCounter = readonly (readonly [replica: string, added: number, taken: number])[];

export const ZERO: PnCounter = [];

export function value(counter: PnCounter): number {
  return counter.reduce((sum, [, added, taken]) => sum + added - taken, 0);
}

/** A delta that counts up, or down by a negative number. */
export function change(counter: PnCounter, replica: string, by: number): PnCounter {
  requireReplica(replica);
  const [, added, taken] = counter.find(([known]) => known === replica) ?? [replica, 0, 0];
  const row = [replica, added + Math.max(0, by), taken + Math.max(0, -by)] as const;
  if (!Number.isSafeInteger(row[1] + row[2])) {
    throw new RangeError('a count that is too large');
  }
  return row[1] + row[2] === 0 ? ZERO : [row];
}

export function merge(a: PnCounter, b: PnCounter): PnCounter {
  const rows = new Map(a.map((row) => [row[0], row]));
  for (const [replica, added, taken] of b) {
    const [, knownAdded, knownTaken] = rows.get(replica) ?? [replica, 0, 0];
    rows.set(replica, [replica, Math.max(knownAdded, added), Math.max(knownTaken, taken)]);
  }
  const merged = [...rows.values()];
  requireFew(merged);
  return merged.sort(([one], [other]) => byUnits(one, other));
}

/** How much each replica counted, up or down. */
export function versions(counter: PnCounter): VersionVector {
  return counter.map(([replica, added, taken]) => [replica, added + taken]);
}

/** What who knows the counts of `since` lacks. */
export function delta(counter: PnCounter, since: VersionVector): PnCounter {
  return counter.filter(([replica, added, taken]) => added + taken > countOf(since, replica));
}

/** Without what other replicas than these counted. Who is left out must never come back under the same name. */
export function retain(counter: PnCounter, replicas: ReadonlySet<string>): PnCounter {
  return counter.filter(([replica]) => replicas.has(replica));
}
