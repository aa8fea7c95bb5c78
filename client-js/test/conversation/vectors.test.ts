import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConversationState, DivergedError } from '../../src/conversation/state.ts';
import { conflicts, cross, sideOf } from '../../src/conversation/transform.ts';
import { components, textEdit } from '../../src/ot/text-edit.ts';
import { Effect, Entry, type Role, decode, encode } from '../../src/wire/wire.ts';
import { readable, unreadable } from '../fixture/readable.ts';

interface EffectJson extends Record<string, unknown> {
  readonly editText?: { readonly edit?: readonly (number | string)[] };
}

interface Step {
  readonly entry: Record<string, unknown> & { readonly effects?: readonly EffectJson[] };
  readonly state: string;
  readonly error?: boolean;
}

interface Case {
  readonly name: string;
  readonly op: 'cross' | 'apply';
  readonly author: Role;
  readonly submission: readonly EffectJson[];
  readonly entryAuthor: Role;
  readonly entry: readonly EffectJson[];
  readonly result?: { readonly submission: readonly EffectJson[]; readonly entry: readonly EffectJson[] };
  readonly error?: string;
  readonly steps: readonly Step[];
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/conversation.json', import.meta.url), 'utf8'),
) as Case[];
const of = (op: Case['op']) => CASES.filter((each) => each.op === op).map((each) => [each.name, each] as const);

describe('submissions past entries, as in Java', () => {
  it.each(of('cross'))('%s', (_, { author, submission, entryAuthor, entry, result, error }) => {
    const mine = submission.map(effectFrom);
    const theirs = entry.map(effectFrom);
    if (error !== undefined) {
      expect(error).toBe('BLOCK_PUBLISHED');
      expect(conflicts(mine, theirs)).toBe(true);
      return;
    }
    expect(conflicts(mine, theirs)).toBe(false);
    const crossed = cross(mine, theirs, sideOf(author, entryAuthor));
    expect({ submission: crossed.mine.map(jsonOf), entry: crossed.theirs.map(jsonOf) }).toEqual(result);
  });
});

describe('states after entries, as in Java', () => {
  it.each(of('apply'))('%s', (_, { steps }) => {
    const state = new ConversationState();
    for (const step of steps) {
      const entry = entryFrom(step.entry);
      if (step.error) {
        expect(() => {
          state.applyEntry(entry);
        }).toThrow(DivergedError);
      } else {
        state.applyEntry(entry);
        expect(state.canonical()).toBe(step.state);
      }
    }
  });
});

function entryFrom(json: Step['entry']): Entry {
  const effects = (json.effects ?? []).map(onWire);
  return decode(Entry, encode(Entry, unreadable(Entry, { ...json, effects })));
}

function effectFrom(json: EffectJson): Effect {
  return decode(Effect, encode(Effect, unreadable(Effect, onWire(json))));
}

/** The vectors write edits as lists of components. */
function onWire({ editText, ...rest }: EffectJson): Record<string, unknown> {
  return editText ? { ...rest, editText: { ...editText, edit: textEdit(...(editText.edit ?? [])) } } : rest;
}

function jsonOf(effect: Effect): EffectJson {
  const json = readable(Effect, effect);
  const edit = effect.editText?.edit;
  return edit ? { ...json, editText: { ...(json['editText'] as object), edit: components(edit) } } : json;
}
