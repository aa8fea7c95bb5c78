import { codePointsBefore, isHigh, isLow, lengthOf } from './text.ts';
import { type TextEdit, textEdit } from './text-edit.ts';

/**
 * The edit from one text to another, as the one replacement between what both begin and end with. Where the place is
 * ambiguous ("aa" to "aaa"), `caret`, the UTF-16 index where the writer stands in `after`, decides it.
 */
export function diff(before: string, after: string, caret = after.length): TextEdit {
  const shorter = Math.min(before.length, after.length);
  const tail = Math.min(shorter, after.length - caret);
  let suffix = 0;
  while (suffix < tail && sameUnit(before, before.length - suffix - 1, after, after.length - suffix - 1)) {
    suffix++;
  }
  let prefix = 0;
  while (prefix < shorter - suffix && sameUnit(before, prefix, after, prefix)) {
    prefix++;
  }
  while (suffix < shorter - prefix && sameUnit(before, before.length - suffix - 1, after, after.length - suffix - 1)) {
    suffix++;
  }
  if (isHigh(before.charCodeAt(prefix - 1)) || isHigh(after.charCodeAt(prefix - 1))) {
    prefix--;
  }
  if (isLow(before.charCodeAt(before.length - suffix)) || isLow(after.charCodeAt(after.length - suffix))) {
    suffix--;
  }
  return textEdit(
    codePointsBefore(before, prefix),
    after.slice(prefix, after.length - suffix),
    -lengthOf(before.slice(prefix, before.length - suffix)),
  );
}

function sameUnit(a: string, i: number, b: string, j: number): boolean {
  return a.charCodeAt(i) === b.charCodeAt(j);
}

/** More differences are not told apart. */
const DIFFERENCES_MAX = 1_000;

/**
 * The edit from one text to another with as few code points inserted and deleted as can be: Eugene W. Myers, An O(ND)
 * Difference Algorithm and Its Variations, 1986. Texts that have little in common are replaced as by `diff`.
 */
export function shortestEdit(before: string, after: string): TextEdit {
  const [a, b] = [Array.from(before), Array.from(after)];
  // furthest[d].get(k): how far into `a` d differences lead on the diagonal k = x - y.
  const furthest: Map<number, number>[] = [];
  for (let d = 0; d <= Math.min(a.length + b.length, DIFFERENCES_MAX); d++) {
    const last = furthest[d - 1] ?? new Map([[1, 0]]);
    const now = new Map<number, number>();
    furthest.push(now);
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(last, k) ? (last.get(k + 1) ?? 0) : (last.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) {
        x++;
      }
      now.set(k, x);
      if (x >= a.length && x - k >= b.length) {
        return traced(furthest, a.length, b);
      }
    }
  }
  return diff(before, after);
}

/** Whether the way to a diagonal goes on with an insertion. */
function isDown(last: ReadonlyMap<number, number>, k: number): boolean {
  const [insert, remove] = [last.get(k + 1) ?? -1, last.get(k - 1) ?? -1];
  return insert > remove;
}

function traced(furthest: readonly ReadonlyMap<number, number>[], length: number, b: readonly string[]): TextEdit {
  const parts: (number | string)[] = [];
  let [x, y] = [length, b.length];
  for (let d = furthest.length - 1; d > 0; d--) {
    const last = furthest[d - 1] ?? new Map<number, number>();
    const k = x - y;
    const isInsert = isDown(last, k);
    const start = isInsert ? (last.get(k + 1) ?? 0) : (last.get(k - 1) ?? 0);
    parts.unshift(isInsert ? (b[start - k - 1] ?? '') : -1, x - (isInsert ? start : start + 1));
    x = start;
    y = x - (isInsert ? k + 1 : k - 1);
  }
  return textEdit(x, ...parts);
}
