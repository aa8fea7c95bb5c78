import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../../src/ot/diff.ts';
import { isWellFormed } from '../../src/ot/text.ts';
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
