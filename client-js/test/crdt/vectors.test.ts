import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addWinsSet, orderedSet, pnCounter } from '../../src/crdt/index.ts';
import type { AddWinsSet, OrderedSet, PnCounter, VersionVector } from '../../src/crdt/index.ts';

interface Case {
  readonly name: string;
  readonly type: 'pnCounter' | 'addWinsSet' | 'orderedSet';
  readonly op: 'change' | 'merge' | 'delta' | 'retain';
  readonly state: never;
  readonly other: never;
  readonly change: string;
  readonly arguments: readonly never[];
  readonly since: VersionVector;
  readonly versions: VersionVector;
  readonly replicas: readonly string[];
  readonly result: unknown;
  readonly shown: unknown;
}

/** What all kinds have. */
const KINDS = {
  pnCounter: { ...pnCounter, shown: pnCounter.value },
  addWinsSet: { ...addWinsSet, shown: addWinsSet.elements },
  orderedSet: { ...orderedSet, shown: orderedSet.elements },
};

describe('the values that Java and JavaScript share', () => {
  const cases = JSON.parse(
    readFileSync(new URL('../../../protocol/vectors/crdt.json', import.meta.url), 'utf8'),
  ) as Case[];

  it.each(cases.map((each, i) => [`${each.type} ${i}: ${each.name}`, each] as const))('%s', (_, each) => {
    const kind = KINDS[each.type];
    const result = run(each);
    expect(JSON.stringify(result)).toBe(JSON.stringify(each.result));
    if (each.op === 'merge') {
      expect(kind.shown(result as never)).toEqual(each.shown);
    } else if (each.op === 'delta') {
      expect(kind.versions(each.state)).toEqual(each.versions);
    }
  });
});

function run(each: Case): PnCounter | AddWinsSet | OrderedSet {
  const kind = KINDS[each.type];
  switch (each.op) {
    case 'merge':
      return kind.merge(each.state, each.other);
    case 'delta':
      return kind.delta(each.state, each.since);
    case 'retain':
      return kind.retain(each.state, new Set(each.replicas));
    case 'change': {
      const changes = kind as unknown as Record<string, (...all: unknown[]) => PnCounter | AddWinsSet | OrderedSet>;
      const change = changes[each.change];
      if (!change) {
        throw new Error(`a vector for ${each.change}, which nothing here does`);
      }
      return change(each.state, ...each.arguments);
    }
  }
}
