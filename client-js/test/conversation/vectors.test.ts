import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hex } from '../../src/bytes.ts';
import { rankBetween, rankOfRevision } from '../../src/conversation/rank.ts';
import { ConversationState, DivergedError } from '../../src/conversation/state.ts';
import { conflictOf, cross, sideOf } from '../../src/conversation/transform.ts';
import { placed } from '../../src/desk/placement.ts';
import { components, textEdit } from '../../src/ot/text-edit.ts';
import { Blocks, BlocksPage, Effect, Entry, type Role, type View, decode, encode } from '../../src/wire/wire.ts';
import { readable, unreadable } from '../fixture/readable.ts';

interface EffectJson extends Record<string, unknown> {
  readonly editText?: { readonly edit?: readonly (number | string)[] };
}

interface Step {
  readonly entry?: EntryJson;
  readonly blocks?: Record<string, unknown>;
  readonly page?: Record<string, unknown>;
  readonly state: string;
  readonly hash: string;
  readonly error?: boolean;
}

type EntryJson = Record<string, unknown> & { readonly effects?: readonly EffectJson[] };

interface Case {
  readonly name: string;
  readonly op: 'cross' | 'apply' | 'between' | 'rank' | 'place';
  readonly author: Role;
  readonly submission: readonly EffectJson[];
  readonly entryAuthor: Role;
  readonly entry: readonly EffectJson[];
  readonly result?: { readonly submission: readonly EffectJson[]; readonly entry: readonly EffectJson[] };
  readonly error?: string;
  readonly steps: readonly Step[];
  readonly view: View;
  readonly latest: number;
  readonly before: string;
  readonly after: string;
  readonly revision: number;
  readonly list: readonly (readonly [string, string])[];
  readonly id: string;
  readonly end: string;
}

/** What a gateway says of a submission that lies about its text. A replica makes none, and does not look for it. */
const LIES = ['LENGTH_MISMATCH', 'OUT_OF_RANGE'];

const CASES = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/conversation.json', import.meta.url), 'utf8'),
) as Case[];
const of = (op: Case['op']) => CASES.filter((each) => each.op === op).map((each) => [each.name, each] as const);

describe('submissions past entries, as in Java', () => {
  const honest = of('cross').filter(([, { error }]) => !LIES.includes(error ?? ''));

  it.each(honest)('%s', (_, { author, submission, entryAuthor, entry, result, error }) => {
    const mine = submission.map(effectFrom);
    const theirs = entry.map(effectFrom);
    expect(conflictOf(mine, theirs)).toBe(error);
    if (error === undefined) {
      const crossed = cross(mine, theirs, sideOf(author, entryAuthor));
      expect({ submission: crossed.mine.map(jsonOf), entry: crossed.theirs.map(jsonOf) }).toEqual(result);
    }
  });
});

describe('states after entries, as in Java', () => {
  it.each(of('apply'))('%s', (_, { steps, view, latest }) => {
    const state = new ConversationState();
    state.view = view;
    for (const step of steps) {
      if (step.error) {
        expect(() => {
          take(state, step);
        }).toThrow(DivergedError);
      } else {
        take(state, step);
        expect(state.canonical()).toBe(step.state);
        expect(hex(state.hash(latest))).toBe(step.hash);
      }
    }
  });
});

describe('ranks, as in Java', () => {
  it.each(of('between'))('%s', (_, { before, after, result, error }) => {
    if (error === undefined) {
      expect(rankBetween(before, after)).toBe(result);
    } else {
      expect(() => rankBetween(before, after)).toThrow(RangeError);
    }
  });

  it.each(of('place'))('%s', (_, { list, id, before, after, end, result }) => {
    const all = list.map(([each, rank]) => ({ id: each, rank }));
    const place = { before: before || undefined, after: after || undefined };
    expect(placed(all, id, place, end).map((each) => [each.id, each.rank])).toEqual(result);
  });

  it.each(of('rank'))('%s', (_, { revision, result }) => {
    expect(rankOfRevision(revision)).toBe(result);
  });
});

function take(state: ConversationState, { entry, blocks, page }: Step): void {
  if (entry) {
    state.applyEntry(entryFrom(entry));
  } else if (blocks) {
    state.applyBlocks(decode(Blocks, encode(Blocks, unreadable(Blocks, blocks))));
  } else if (page) {
    const { blocks: older, olderThan } = decode(BlocksPage, encode(BlocksPage, unreadable(BlocksPage, page)));
    state.add(older, olderThan);
  }
}

function entryFrom(json: EntryJson): Entry {
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
