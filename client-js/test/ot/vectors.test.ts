import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  EditError,
  type Side,
  type TextEdit,
  apply,
  components,
  compose,
  invert,
  textEdit,
  transform,
  transformCursor,
} from '../../src/ot/text-edit.ts';

type Components = readonly (number | string)[];

interface Case {
  readonly name?: string;
  readonly op: string;
  readonly text: string;
  readonly edit: Components;
  readonly other: Components;
  readonly next: Components;
  readonly components: Components;
  readonly side: Side;
  readonly position: number;
  readonly own: boolean;
  readonly result?: unknown;
  readonly error?: string;
}

const COMMITTED = new URL('../../../protocol/vectors/text-edit.json', import.meta.url);
const GENERATED = new URL('../../../protocol/target/vectors/text-edit.jsonl', import.meta.url);

describe('the edits that Java and JavaScript share', () => {
  const cases = JSON.parse(readFileSync(COMMITTED, 'utf8')) as Case[];

  it.each(cases.map((each) => [each.name ?? each.op, each] as const))('%s', (_, each) => {
    expect(outcome(each)).toEqual(expected(each));
  });
});

describe.runIf(existsSync(GENERATED))('the random edits of the last Java build', () => {
  it('have the same results here', () => {
    const [about, ...lines] = readFileSync(GENERATED, 'utf8').trimEnd().split('\n');
    const { cases } = JSON.parse(about ?? '') as { cases: number };
    expect(lines).toHaveLength(cases);
    expect(cases).toBeGreaterThanOrEqual(200_000);
    for (const line of lines) {
      const each = JSON.parse(line) as Case;
      if (JSON.stringify(outcome(each)) !== JSON.stringify(expected(each))) {
        expect.fail(`${line}: ${JSON.stringify(outcome(each))}`);
      }
    }
  });
});

function expected({ result, error }: Case): { result?: unknown; error?: string } {
  return error === undefined ? { result } : { error };
}

function outcome(each: Case): { result?: unknown; error?: string } {
  try {
    const result = run(each);
    return { result: typeof result === 'object' ? components(result) : result };
  } catch (error) {
    if (error instanceof EditError) {
      return { error: error.code };
    }
    throw error;
  }
}

function run({ op, text, edit, other, next, components, side, position, own }: Case): string | number | TextEdit {
  switch (op) {
    case 'apply':
      return apply(text, textEdit(...edit));
    case 'transform':
      return transform(textEdit(...edit), textEdit(...other), side);
    case 'compose':
      return compose(textEdit(...edit), textEdit(...next));
    case 'invert':
      return invert(textEdit(...edit), text);
    case 'cursor':
      return transformCursor(position, textEdit(...edit), own);
    case 'normalise':
      return textEdit(...components);
    default:
      throw new Error(`a vector for ${op}, which nothing here reads`);
  }
}
