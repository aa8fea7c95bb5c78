import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf } from '../../src/ot/text.ts';
import {
  EditError,
  IDENTITY,
  type Side,
  type TextEdit,
  apply,
  components,
  compose,
  growth,
  invert,
  isCanonical,
  textEdit,
  transform,
  transformCursor,
} from '../../src/ot/text-edit.ts';
import { allEdits, editOf, text } from '../fixture/edits.ts';
import { TaggedText } from '../fixture/tagged-text.ts';

const pair = text().chain((base) => fc.tuple(fc.constant(base), editOf(base), editOf(base)));
const chain = text().chain((base) =>
  editOf(base).chain((first) => {
    const middle = apply(base, first);
    return editOf(middle).chain((second) =>
      editOf(apply(middle, second)).map((third) => [base, first, second, third] as const),
    );
  }),
);

describe('applying an edit', () => {
  it('counts code points, not UTF-16 units', () => {
    expect(apply('a😀b', textEdit(2, 'Z'))).toBe('a😀Zb');
    expect(apply('a😀b', textEdit(1, -1))).toBe('ab');
  });

  it('gives the same with and without the fast path', () => {
    fc.assert(
      fc.property(pair, ([base, edit]) => {
        const characters = [...base];
        const expected: string[] = [];
        for (const component of components(edit)) {
          if (typeof component === 'string') {
            expected.push(component);
          } else {
            const taken = characters.splice(0, Math.abs(component));
            expected.push(...(component > 0 ? taken : []));
          }
        }
        expect(apply(base, edit)).toBe([...expected, ...characters].join(''));
      }),
    );
  });

  it('refuses to reach past the end', () => {
    expect(() => apply('ab', textEdit(3, 'x'))).toThrow(new EditError('OUT_OF_RANGE'));
    expect(() => apply('ab', textEdit(1, -2))).toThrow(new EditError('OUT_OF_RANGE'));
    expect(() => apply('😀', textEdit(2, 'x'))).toThrow(new EditError('OUT_OF_RANGE'));
  });

  it('refuses halves of characters', () => {
    expect(() => apply('a\ud83d', IDENTITY)).toThrow(new EditError('ILL_FORMED_TEXT'));
    expect(() => apply('a', { spans: [0], inserts: ['\ude00'] })).toThrow(new EditError('ILL_FORMED_TEXT'));
  });
});

describe('the canonical form', () => {
  it('has insert before delete, equal kinds joined, nothing empty and no retain at the end', () => {
    expect(textEdit(1, 2, -1, 'a', -2, 'b', '', 0, 4)).toEqual({ spans: [3, 0, -3], inserts: ['ab'] });
  });

  it('stays as it is when normalised again', () => {
    fc.assert(
      fc.property(pair, ([, edit]) => {
        expect(textEdit(...components(edit))).toEqual(edit);
        expect(isCanonical(edit)).toBe(true);
      }),
    );
  });

  it.each<TextEdit>([
    { spans: [1], inserts: [] },
    { spans: [-1, 0], inserts: ['a'] },
    { spans: [0, 0], inserts: ['a', 'b'] },
    { spans: [0], inserts: [''] },
    { spans: [0], inserts: [] },
    { spans: [], inserts: ['a'] },
    { spans: [1, 1, 0], inserts: ['a'] },
    { spans: [0.5, 0], inserts: ['a'] },
    { spans: [0], inserts: ['\ud83d'] },
  ])('is told from $spans $inserts', (edit) => {
    expect(isCanonical(edit)).toBe(false);
  });

  it('comes out of every operation', () => {
    fc.assert(
      fc.property(chain, ([base, first, second]) => {
        expect(isCanonical(compose(first, second))).toBe(true);
        expect(isCanonical(invert(first, base))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(pair, ([, a, b]) => {
        expect(isCanonical(transform(a, b, 'LEFT'))).toBe(true);
        expect(isCanonical(transform(a, b, 'RIGHT'))).toBe(true);
      }),
    );
  });
});

describe('transforming', () => {
  it('converges whichever comes first, and keeps exactly what was meant', () => {
    fc.assert(
      fc.property(pair, fc.constantFrom('LEFT' as const, 'RIGHT' as const), ([base, a, b], side) => {
        expectConvergence(base, a, b, side);
      }),
    );
  });

  it('converges for all pairs of edits of texts up to 4 characters', () => {
    const base = ['', 'p', 'p😀', 'p😀r', 'p😀rs'];
    for (const [length, start] of base.entries()) {
      const shapesOf = (letter: string) => allEdits(length, letter).map((edit) => [edit, shape(edit)] as const);
      const others = shapesOf('中');
      for (const [a, first] of shapesOf('x')) {
        for (const [b, second] of others) {
          const left = apply(apply(start, b), transform(a, b, 'LEFT'));
          const right = apply(apply(start, a), transform(b, a, 'RIGHT'));
          if (left !== right || left !== expectedMerge(start, first, second)) {
            expect.fail(`${JSON.stringify([start, components(a), components(b)])}: ${left}, ${right}`);
          }
        }
      }
    }
  });

  it('puts the left text first at the same place', () => {
    const here = textEdit(1, 'X');
    const there = textEdit(1, 'Y');
    expect(apply(apply('ab', there), transform(here, there, 'LEFT'))).toBe('aXYb');
    expect(apply(apply('ab', there), transform(here, there, 'RIGHT'))).toBe('aYXb');
  });

  it('splits a deletion around text inserted meanwhile', () => {
    expect(components(transform(textEdit(1, -3), textEdit(2, 'X'), 'LEFT'))).toEqual([1, -1, 1, -2]);
  });

  it('deletes once what both delete', () => {
    expect(apply(apply('abcdef', textEdit(2, -3)), transform(textEdit(1, -3), textEdit(2, -3), 'LEFT'))).toBe('af');
  });

  it('changes nothing past the identity', () => {
    fc.assert(
      fc.property(pair, ([, edit]) => {
        expect(transform(edit, IDENTITY, 'LEFT')).toEqual(edit);
        expect(transform(IDENTITY, edit, 'RIGHT')).toEqual(IDENTITY);
      }),
    );
  });
});

describe('composing', () => {
  it('does what both do, one after the other', () => {
    fc.assert(
      fc.property(chain, ([base, first, second]) => {
        expect(apply(base, compose(first, second))).toBe(apply(apply(base, first), second));
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(chain, ([, first, second, third]) => {
        expect(compose(compose(first, second), third)).toEqual(compose(first, compose(second, third)));
      }),
    );
  });
});

describe('inverting', () => {
  it('takes an edit back', () => {
    fc.assert(
      fc.property(pair, ([base, edit]) => {
        expect(apply(apply(base, edit), invert(edit, base))).toBe(base);
        expect(growth(invert(edit, base))).toBe(-growth(edit) + 0);
      }),
    );
  });
});

describe('a cursor', () => {
  it('stays between the characters it stood between', () => {
    fc.assert(
      fc.property(pair, fc.nat(12), fc.boolean(), ([base, edit], place, own) => {
        const position = Math.min(place, lengthOf(base));
        const tagged = TaggedText.of(base);
        const after = tagged.after(edit, 'new');
        const moved = transformCursor(position, edit, own);
        const deleted = tagged.deletedBy(edit);
        const before = tagged.tags.slice(0, position).filter((tag) => !deleted.has(tag));
        const behind = tagged.tags.slice(position).filter((tag) => !deleted.has(tag));
        const kept = after.tags.slice(0, moved).filter((tag) => tag.startsWith('base'));
        expect(kept).toEqual(before);
        expect(after.tags.slice(moved).filter((tag) => tag.startsWith('base'))).toEqual(behind);
      }),
    );
  });

  it('is pushed by text at its own place only if its owner typed it', () => {
    expect(transformCursor(1, textEdit(1, 'xy'), true)).toBe(3);
    expect(transformCursor(1, textEdit(1, 'xy'), false)).toBe(1);
  });

  it('goes to where a deletion around it began', () => {
    expect(transformCursor(3, textEdit(1, -4), false)).toBe(1);
  });
});

function expectConvergence(base: string, a: TextEdit, b: TextEdit, side: Side): void {
  const other = side === 'LEFT' ? 'RIGHT' : 'LEFT';
  const viaA = TaggedText.of(base)
    .after(a, 'ann')
    .after(transform(b, a, other), 'bob');
  const viaB = TaggedText.of(base)
    .after(b, 'bob')
    .after(transform(a, b, side), 'ann');
  expect(viaA.tags).toEqual(viaB.tags);

  const start = TaggedText.of(base);
  const deleted = new Set([...start.deletedBy(a), ...start.deletedBy(b)]);
  const fromBase = viaA.tags.filter((tag) => tag.startsWith('base'));
  expect(fromBase).toEqual(start.tags.filter((tag) => !deleted.has(tag)));
  for (const [author, edit] of [
    ['ann', a],
    ['bob', b],
  ] as const) {
    const inserted = viaA.tags.filter((tag) => tag.startsWith(author));
    expect(inserted).toEqual([...edit.inserts.join('')].map((character, i) => `${author}${i}${character}`));
  }
}

/** An edit by places: what is inserted at each, and which characters are deleted. */
interface Shape {
  readonly inserts: ReadonlyMap<number, string>;
  readonly deleted: ReadonlySet<number>;
}

/** What both together mean, found by looking at each place and each character by itself; the first text stands left. */
function expectedMerge(base: string, first: Shape, second: Shape): string {
  let merged = '';
  let place = 0;
  for (const character of [...base, '']) {
    merged += (first.inserts.get(place) ?? '') + (second.inserts.get(place) ?? '');
    merged += first.deleted.has(place) || second.deleted.has(place) ? '' : character;
    place++;
  }
  return merged;
}

function shape(edit: TextEdit): Shape {
  const inserts = new Map<number, string>();
  const deleted = new Set<number>();
  let place = 0;
  for (const component of components(edit)) {
    if (typeof component === 'string') {
      inserts.set(place, component);
    } else {
      for (const end = place + Math.abs(component); place < end; place++) {
        if (component < 0) {
          deleted.add(place);
        }
      }
    }
  }
  return { inserts, deleted };
}
