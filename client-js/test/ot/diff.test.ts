import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff, shortestEdit } from '../../src/ot/diff.ts';
import { isWellFormed, lengthOf } from '../../src/ot/text.ts';
import { apply, components } from '../../src/ot/text-edit.ts';
import { text } from '../fixture/edits.ts';

describe('the difference of two texts', () => {
  it('leads from one to the other', () => {
    fc.assert(
      fc.property(text(), text(), fc.nat(30), (before, after, caret) => {
        const edit = diff(before, after, Math.min(caret, after.length));
        expect(apply(before, edit)).toBe(after);
        expect(edit.inserts.every(isWellFormed)).toBe(true);
      }),
    );
  });

  it('does not cut characters that share a half', () => {
    expect(components(diff('x😀y', 'x😁y'))).toEqual([1, '😁', -1]);
    expect(components(diff('\u{1f600}', '\u{10600}'))).toEqual(['\u{10600}', -1]);
  });

  it('is where the writer stands if the text alone does not tell', () => {
    expect(components(diff('aaa', 'aaaa', 1))).toEqual(['a']);
    expect(components(diff('aaa', 'aaaa', 3))).toEqual([2, 'a']);
    expect(components(diff('aaa', 'aa', 1))).toEqual([1, -1]);
  });
});

describe('the shortest edit between two texts', () => {
  it('leads from one to the other and keeps their longest common part', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁'), maxLength: 20 });
    fc.assert(
      fc.property(few, few, (before, after) => {
        const edit = shortestEdit(before, after);
        expect(apply(before, edit)).toBe(after);
        expect(edit.inserts.every(isWellFormed)).toBe(true);
        const inserted = lengthOf(edit.inserts.join(''));
        expect(lengthOf(after) - inserted).toBe(commonLength([...before], [...after]));
      }),
    );
  });

  it('leaves alone what stands between two changes', () => {
    expect(components(shortestEdit('one two three', 'ONE two three!'))).toEqual(['ONE', -3, 10, '!']);
  });

  it('replaces a text that has nothing in common with the new one', () => {
    const [before, after] = ['x'.repeat(2_000), 'y'.repeat(2_000)];
    expect(components(shortestEdit(before, after))).toEqual([after, -2_000]);
  });
});

/** Of the longest common subsequence. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const each of a) {
    const next = [0];
    b.forEach((other, j) => next.push(each === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
    row = next;
  }
  return row[b.length] ?? 0;
}
