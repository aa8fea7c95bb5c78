import { describe, expect, it } from 'vitest';
import { type TextEdit, apply, compose, invert, isCanonical, textEdit, transform } from '../../src/ot/text-edit.ts';
import { randomComponents } from '../fixture/edits.ts';
import { type OtType, fuzz } from '../fixture/ot-fuzzer.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { CASES, SEED } from '../fixture/seed.ts';

const SEEDS = [SEED, SEED + 1, SEED + 2];
const ITERATIONS = 10 * CASES;

/** An edit with the text that it was made on: ot-fuzzer asks for its inverse without saying of which text. */
interface Op {
  readonly edit: TextEdit;
  readonly text: string;
}

describe('the algebra as ot-fuzzer tries it', () => {
  it.each(SEEDS)('converges, composes and inverts with the seed %i', { timeout: 600_000 }, (seed) => {
    const type: OtType<Op> = {
      name: 'text-edit',
      create: (initial = '') => initial,
      apply: (text, op) => {
        expectSame(op.text, text);
        return apply(text, op.edit);
      },
      transform: (op, other, side) => {
        expectSame(op.text, other.text);
        return opOn(apply(other.text, other.edit), transform(op.edit, other.edit, side === 'left' ? 'LEFT' : 'RIGHT'));
      },
      compose: (op, next) => {
        expectSame(next.text, apply(op.text, op.edit));
        return opOn(op.text, compose(op.edit, next.edit));
      },
      invert: (op) => opOn(apply(op.text, op.edit), invert(op.edit, op.text)),
    };

    fuzz(seed, ITERATIONS, type, (text, randomInt) => {
      const edit = textEdit(...randomComponents(new PseudoRandom(randomInt(2 ** 32)), text));
      return [{ edit, text }, apply(text, edit)];
    });
  });
});

function opOn(text: string, edit: TextEdit): Op {
  if (!isCanonical(edit)) {
    throw new Error(`not canonical: ${JSON.stringify(edit)}`);
  }
  return { edit, text };
}

function expectSame(text: string, other: string): void {
  if (text !== other) {
    expect.fail(`${JSON.stringify(text)} is not ${JSON.stringify(other)}`);
  }
}
