import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EditCase, expected, outcome } from '../fixture/edit-cases.ts';

const COMMITTED = new URL('../../../protocol/vectors/text-edit.json', import.meta.url);

describe('the edits that Java and JavaScript share', () => {
  const cases = JSON.parse(readFileSync(COMMITTED, 'utf8')) as EditCase[];

  it.each(cases.map((each) => [each.name ?? each.op, each] as const))('%s', (_, each) => {
    expect(outcome(each)).toEqual(expected(each));
  });
});
