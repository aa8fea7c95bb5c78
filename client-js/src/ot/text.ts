// Unicode code points over JavaScript's UTF-16 strings. A text without surrogates needs no counting: that is the fast path.

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Whether each surrogate has its other half. Ill-formed text has no UTF-8 form and is never sent. */
export function isWellFormed(text: string): boolean {
  return !SURROGATE.test(text) || !LONE_SURROGATE.test(text);
}

/** The text with each lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(LONE_SURROGATES, '\ufffd');
}

/** How many code points the text has. */
export function lengthOf(text: string): number {
  return SURROGATE.test(text) ? codePointsBefore(text, text.length) : text.length;
}

/** How many whole code points stand before the UTF-16 index; an index inside of a pair counts as the place before it. */
export function codePointsBefore(text: string, index: number): number {
  const end = Math.min(index, text.length);
  let count = 0;
  for (let i = 0; i < end; count++) {
    i += isPairAt(text, i) ? 2 : 1;
    if (i > end) {
      return count;
    }
  }
  return count;
}

/**
 * The UTF-16 index that lies `count` code points after the index `from`, or -1 where the text ends earlier.
 */
export function indexAfter(text: string, count: number, from = 0): number {
  let index = from;
  for (let left = count; left > 0; left--) {
    if (index >= text.length) {
      return -1;
    }
    index += isPairAt(text, index) ? 2 : 1;
  }
  return index;
}

/** Whether the text holds any character outside of the Basic Multilingual Plane (or half of one). */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

function isPairAt(text: string, index: number): boolean {
  return isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1));
}

export function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

export function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
