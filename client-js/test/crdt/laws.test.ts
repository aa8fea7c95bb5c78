import { describe, expect, it } from 'vitest';
import { addWinsSet, orderedSet, pnCounter } from '../../src/crdt/index.ts';
import type { AddWinsSet, OrderedSet, PnCounter, VersionVector } from '../../src/crdt/index.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { CASES, SEED } from '../fixture/seed.ts';

interface Kind<T> {
  readonly name: string;
  readonly empty: T;
  change(state: T, tab: string, random: PseudoRandom): T;
  merge(a: T, b: T): T;
  delta(state: T, since: VersionVector): T;
  retain(state: T, replicas: ReadonlySet<string>): T;
  versions(state: T): VersionVector;
}

const TABS = ['one', 'two', 'three'];
const ELEMENTS = ['a', '😀'];
const RUNS = Math.ceil(CASES / 10);

const COUNTERS: Kind<PnCounter> = {
  ...pnCounter,
  name: 'counters',
  empty: pnCounter.ZERO,
  change: (state, tab, random) => pnCounter.change(state, tab, random.below(7) - 3),
};

const SETS: Kind<AddWinsSet> = {
  ...addWinsSet,
  name: 'add-wins sets',
  empty: addWinsSet.EMPTY,
  change: (state, tab, random) =>
    (random.chance(0.6) ? addWinsSet.addition : addWinsSet.removal)(state, tab, [random.pick(ELEMENTS)]),
};

const LISTS: Kind<OrderedSet> = {
  ...orderedSet,
  name: 'ordered sets',
  empty: orderedSet.EMPTY,
  change: (state, tab, random) => {
    const [element, rank] = [random.pick(ELEMENTS), random.pick(['A', 'V', 'z'])];
    return random.chance(0.2)
      ? orderedSet.removal(state, tab, [element])
      : (random.chance(0.5) ? orderedSet.addition : orderedSet.move)(state, tab, element, rank);
  },
};

/** Tabs that post states and deltas to each other, late, twice or never; everything there ever was, and the end. */
function history<T>(kind: Kind<T>, random: PseudoRandom): { past: T[]; ends: T[] } {
  const states = TABS.map(() => kind.empty);
  const posted: T[] = [kind.empty];
  const past: T[] = [kind.empty];
  for (let step = 0; step < 30; step++) {
    const me = random.below(TABS.length);
    const state = states[me] ?? kind.empty;
    let next = state;
    if (random.chance(0.5)) {
      const delta = kind.change(state, TABS[me] ?? '', random);
      posted.push(structuredClone(delta));
      next = kind.merge(state, delta);
    } else if (random.chance(0.3)) {
      posted.push(kind.delta(state, kind.versions(random.pick(states))));
    } else {
      next = kind.merge(state, random.pick(posted));
    }
    states[me] = next;
    past.push(next);
  }
  return { past: [...past, ...posted], ends: states };
}

describe.each([COUNTERS, SETS, LISTS] as Kind<unknown>[])('$name', (kind) => {
  it(`merge in any order and any number of times (seed ${SEED})`, () => {
    for (let run = 0; run < RUNS; run++) {
      const random = new PseudoRandom(SEED + run);
      const { past } = history(kind, random);
      const [a, b, c] = [random.pick(past), random.pick(past), random.pick(past)];
      expect(kind.merge(a, b)).toEqual(kind.merge(b, a));
      expect(kind.merge(kind.merge(a, b), c)).toEqual(kind.merge(a, kind.merge(b, c)));
      expect(kind.merge(a, a)).toEqual(a);
      expect(kind.merge(a, kind.empty)).toEqual(a);
    }
  });

  it(`end the same in all tabs with no server, once each has what it lacks (seed ${SEED})`, () => {
    for (let run = 0; run < RUNS; run++) {
      const { ends } = history(kind, new PseudoRandom(SEED + run));
      const all = ends.reduce((a, b) => kind.merge(a, b), kind.empty);
      for (const mine of ends) {
        const caughtUp = ends.reduce(
          (state, theirs) => kind.merge(state, kind.delta(theirs, kind.versions(state))),
          mine,
        );
        expect(JSON.stringify(caughtUp)).toBe(JSON.stringify(all));
      }
    }
  });

  it(`leave out tabs that are gone, before or after merging (seed ${SEED})`, () => {
    for (let run = 0; run < RUNS; run++) {
      const random = new PseudoRandom(SEED + run);
      const { past } = history(kind, random);
      const [a, b] = [random.pick(past), random.pick(past)];
      const kept = new Set([random.pick(TABS)]);
      expect(kind.retain(kind.merge(a, b), kept)).toEqual(kind.merge(kind.retain(a, kept), kind.retain(b, kept)));
    }
  });
});

describe('an add-wins set', () => {
  it('keeps what was added while somebody removed it', () => {
    const base = addWinsSet.addition(addWinsSet.EMPTY, 'one', ['x']);
    const removed = addWinsSet.merge(base, addWinsSet.removal(base, 'one', ['x']));
    const added = addWinsSet.merge(base, addWinsSet.addition(base, 'two', ['x']));
    expect(addWinsSet.elements(removed)).toEqual([]);
    expect(addWinsSet.elements(addWinsSet.merge(removed, added))).toEqual(['x']);
  });
});

describe('a removal', () => {
  it('does not hide what a lost addition had replaced', () => {
    const theirs = addWinsSet.addition(addWinsSet.EMPTY, 'two', ['x']);
    const added = addWinsSet.merge(theirs, addWinsSet.addition(theirs, 'one', ['x']));
    const removal = addWinsSet.removal(added, 'one', ['x']);
    const mine = addWinsSet.merge(added, removal);
    const partly = addWinsSet.merge(theirs, removal);
    expect(addWinsSet.elements(partly)).toEqual(['x']);
    expect(addWinsSet.merge(partly, addWinsSet.delta(mine, addWinsSet.versions(partly)))).toEqual(mine);
  });
});

describe('an ordered set', () => {
  it('does not bring back who was removed while somebody moved it', () => {
    const base = orderedSet.addition(orderedSet.EMPTY, 'one', 'x', 'V');
    const removed = orderedSet.merge(base, orderedSet.removal(base, 'one', ['x']));
    const moved = orderedSet.merge(base, orderedSet.move(base, 'two', 'x', 'a'));
    expect(orderedSet.rankOf(moved, 'x')).toBe('a');
    expect(orderedSet.elements(orderedSet.merge(removed, moved))).toEqual([]);
  });
});

describe('what no change makes', () => {
  it('is refused', () => {
    expect(() => pnCounter.change(pnCounter.ZERO, '', 1)).toThrow(RangeError);
    expect(() => pnCounter.change(pnCounter.ZERO, 'one', Number.MAX_VALUE)).toThrow(RangeError);
    expect(() => addWinsSet.addition(addWinsSet.EMPTY, 'x'.repeat(129), ['a'])).toThrow(RangeError);
    expect(() => orderedSet.addition(orderedSet.EMPTY, 'one', 'a', 'x'.repeat(65))).toThrow(RangeError);
    const many = Array.from({ length: 1_025 }, (_, i) => [`t${i}`, 1, 0] as const);
    expect(() => pnCounter.merge(many, [])).toThrow(RangeError);
  });
});
