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
