// Fractional indexes: strings of digits and letters, compared by code unit, between any two of which there is another. They
// are numbers below 1 in base 62 without the leading point, and do not end in 0.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;

/** The rank of a block that was not moved: its revision's digits behind their count, with room on both sides. */
export function rankOfRevision(revision: number): string {
  let digits = '';
  for (let rest = revision; rest > 0; rest = Math.floor(rest / BASE)) {
    digits = (DIGITS[rest % BASE] ?? '') + digits;
  }
  return (DIGITS[10 + digits.length] ?? '') + digits + (DIGITS[BASE / 2] ?? '');
}

/** Where a block stands: where it was moved to, or else at its revision. Pending ones stand last. */
export function rankOf({ rank, revision }: { readonly rank: string; readonly revision: number }): string {
  return rank === '' ? (revision === 0 ? '~' : rankOfRevision(revision)) : rank;
}

/**
 * A rank after `before` and before `after`; empty stands for the end on that side. Half way between two, one step beyond an
 * end. After hundreds of insertions at one place it is longer than the 64 digits that the gateway takes: a neighbour has to
 * move first.
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
