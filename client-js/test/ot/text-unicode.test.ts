import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Side, components, textEdit, transform } from '../../src/ot/text-edit.ts';
import { type EditCase, replay } from '../fixture/edit-cases.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { SEED } from '../fixture/seed.ts';
import { casesOfReference } from '../fixture/text-unicode.ts';

const ROUNDS = 100_000;
const GENERATED = new URL('../../target/vectors/text-unicode.jsonl', import.meta.url);

describe('edits as ot-text-unicode moves them, the incoming one on the left', () => {
  it('have the same results here, and are written down for Java', () => {
    const random = new PseudoRandom(SEED);
    const cases = Array.from({ length: ROUNDS }, () => casesOfReference(random)).flat();
    const incoming = cases.filter((each) => each.op === 'transform' && each.side === 'LEFT');
    expect(incoming.length).toBeGreaterThanOrEqual(200_000);
    expect(cases.filter(sideMatters).length).toBeGreaterThan(ROUNDS / 5);

    const lines = cases.map((each) => JSON.stringify(each));
    const about = JSON.stringify({ op: 'about', seed: String(SEED), cases: lines.length });
    mkdirSync(new URL('.', GENERATED), { recursive: true });
    writeFileSync(GENERATED, [about, ...lines, ''].join('\n'));

    replay(lines);
  });
});

function sideMatters(each: EditCase): boolean {
  if (each.op !== 'transform') {
    return false;
  }
  const moved = (side: Side) => components(transform(textEdit(...each.edit), textEdit(...each.other), side));
  return JSON.stringify(moved('LEFT')) !== JSON.stringify(moved('RIGHT'));
}
