// Fractional indexes: strings of digits and letters, compared by code unit, between any two of which there is another. They
// are numbers below 1 in base 62 without the leading point, and do not end in 0.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;

/** The gateway takes none that is longer. */
export const RANK_LENGTH_MAX = 64;

/** The rank of a block that was not moved: its revision's digits behind their count, with room on both sides. */
export function rankOfRevision(revision: number): string {
  let digits = '';
  for (let rest = revision; rest > 0; rest = Math.floor(rest / BASE)) {
    digits = (DIGITS[rest % BASE] ?? '') + digits;
  }
  return (DIGITS[10 + digits.length] ?? '') + digits + (DIGITS[BASE / 2] ?? '');
}

/** What has a place among others. */
export interface Ranked {
  readonly id: string;
  readonly rank: string;
  readonly revision: number;
}

/** Where a block stands: where it was moved to, or else at its revision. Pending ones stand last. */
export function rankOf({ rank, revision }: Ranked): string {
  return rank === '' ? (revision === 0 ? '~' : rankOfRevision(revision)) : rank;
}

/** By rank, then by revision, pending ones as they were made, then by id. */
export function inDisplayOrder(a: Ranked, b: Ranked): number {
  const isMoved = a.rank !== '' || b.rank !== '';
  return (
    (isMoved ? inOrder(rankOf(a), rankOf(b)) : 0) ||
    (a.revision || Infinity) - (b.revision || Infinity) ||
    (a.revision === 0 ? numberOf(a) - numberOf(b) : 0) ||
    inOrder(a.id, b.id)
  );
}

export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberOf({ id }: Ranked): number {
  return Number(id.slice(id.lastIndexOf('.') + 1)) || 0;
}

/**
 * A rank after `before` and before `after`; empty stands for the end on that side. Half way between two, one step beyond an
 * end. After hundreds of insertions at one place it is longer than RANK_LENGTH_MAX: a neighbour has to move too.
 */
export function rankBetween(before: string, after: string): string {
  if (after !== '' && before >= after) {
    throw new RangeError(`no rank is between ${before} and ${after}`);
  }
  let rank = '';
  let isBounded = after !== '';
  for (let i = 0; ; i++) {
    const low = i < before.length ? DIGITS.indexOf(before.charAt(i)) : 0;
    const high = isBounded && i < after.length ? DIGITS.indexOf(after.charAt(i)) : BASE;
    if (high - low > 1) {
      const isAtAnEnd = (before === '') !== (after === '');
      const digit = !isAtAnEnd ? Math.floor((low + high) / 2) : after === '' ? low + 1 : high - 1;
      return rank + (DIGITS[digit] ?? '');
    }
    rank += DIGITS[low] ?? '';
    isBounded = isBounded && high === low;
  }
}
