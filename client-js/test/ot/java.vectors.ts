import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replay } from '../fixture/edit-cases.ts';

const OF_JAVA = new URL('../../../protocol/target/vectors/', import.meta.url);
const OF_REFERENCE = new URL('../../target/vectors/text-unicode.jsonl', import.meta.url);

describe("the last Java test run's edits", () => {
  it('have the same results here', () => {
    const [about, ...lines] = linesOf(new URL('text-edit.jsonl', OF_JAVA));
    const { cases } = JSON.parse(about ?? '') as { cases: number };
    expect(lines).toHaveLength(cases);
    expect(cases).toBeGreaterThanOrEqual(200_000);
    replay(lines);
  });

  it('include those that the tests here took from ot-text-unicode', () => {
    expect(linesOf(new URL('text-unicode-replayed.jsonl', OF_JAVA))).toEqual([linesOf(OF_REFERENCE)[0]]);
  });
});

function linesOf(file: URL): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}
