// Submissions that wait for their answer, and how they move. All pure: lists in, lists out.

import { hex } from '../bytes.ts';
import { IDENTITY, apply, components, compose, growth, textEdit } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type {
  Attribute,
  Author,
  Effect,
  EffectCreate,
  Entry,
  Init,
  Operation,
  Position,
  RejectCode,
} from '../wire/wire.ts';
import { blockOf, operationFor } from './effect.ts';
import { isLarger } from './state.ts';
import { conflictOf, cross, sideOf } from './transform.ts';

/** One submission of an outbox, as it stands on the confirmed state and the submissions before it. */
export interface Pending {
  readonly seq: number;
  /** Random; kept however often it is rebased, so that its own entry and answer are told from another's. */
  readonly contentId: Uint8Array;
  /** What it does to what is displayed: nothing for a command, and nothing any more for a frozen one. */
  readonly effects: readonly Effect[];
  readonly command?: Operation | undefined;
  /** Of one that was sent when its draft was published: what is sent again, as it was before, to be rejected. */
  readonly frozen?: { readonly base: Position; readonly effects: readonly Effect[] } | undefined;
  /** How often it was sent. From the first time on it is never composed into and keeps its seq. */
  readonly sends: number;
  /** By the author's clock; 0 for what was written online. */
  readonly composedAtMillis: number;
}

/** Why something its author wrote is not in the conversation. */
export type UnsentCode =
  | RejectCode
  /** The outbox and the gateway disagree: it may have arrived. */
  | 'MAYBE_SENT'
  /** The text it was made on is gone from the log that the gateway keeps. */
  | 'BASE_LOST';

/** What was written and did not get into the conversation, kept until its author dismisses it. */
export interface Unsent {
  readonly id: string;
  /** The block it created or edited; empty for the conversation. */
  readonly block: string;
  /** What was written. */
  readonly text: string;
  readonly code: UnsentCode;
  readonly composedAtMillis: number;
}

/** What became of pending submissions. */
export interface Settled {
  readonly contentId: Uint8Array;
  /** Undefined: accepted. */
  readonly code?: UnsentCode | undefined;
}

export interface Rebased {
  readonly pending: readonly Pending[];
  /** What the entry does to what is displayed. */
  readonly shown: readonly Effect[];
  readonly unsent: readonly Unsent[];
  /** Never sent, and never will be. */
  readonly gone: readonly Gone[];
}

/** A submission that will not be sent, and why. */
export interface Gone {
  readonly submission: Pending;
  readonly code: UnsentCode;
}

export interface Withdrawn {
  readonly pending: readonly Pending[];
  readonly unsent: readonly Unsent[];
  /** Submissions that went with it, because they were about a block that it would have created. */
  readonly gone: readonly Pending[];
}

/** Submissions that wait before edits of one text join. */
const APART_MAX = 4;
/** In one submission; a gateway takes 64 if it is not told otherwise. */
const EDITS_MAX = 32;
/** Longer texts were not typed, and stay apart. */
const TYPED_MAX = 64;

/** The pending submissions after another's entry. `before` is how they were at `base`, the last position known in full. */
export function rebase(
  pending: readonly Pending[],
  entry: Entry,
  self: Author,
  before: readonly Pending[],
  base: Position,
): Rebased {
  const side = sideOf(self.role, entry.author?.role ?? 'ROLE_UNSPECIFIED');
  const unsent: Unsent[] = [];
  const gone: Gone[] = [];
  let result = [...pending];
  let shown: readonly Effect[] = entry.effects;
  for (const { contentId, sends } of pending) {
    const i = result.findIndex((candidate) => candidate.contentId === contentId);
    const submission = result[i];
    if (!submission) {
      continue;
    }
    const conflict = conflictOf(submission.effects, shown);
    if (conflict === undefined) {
      const crossed = cross(submission.effects, shown, side);
      result[i] = { ...submission, effects: crossed.mine };
      shown = crossed.theirs;
    } else if (sends === 0) {
      const withdrawn = withdraw(result, i, conflict);
      result = [...withdrawn.pending];
      unsent.push(...withdrawn.unsent);
      gone.push(...withdrawn.gone.map((submission) => ({ submission, code: conflict })));
    } else {
      const asItWas = before.find((candidate) => candidate.contentId === contentId) ?? submission;
      unsent.push(unsentOf(result, i, conflict));
      takeOut(result, i);
      result[i] = { ...submission, effects: [], frozen: { base, effects: asItWas.effects } };
    }
  }
  return { pending: result, shown, unsent, gone };
}

/** Takes a submission out for good, with those that need a block it would have created. */
export function withdraw(pending: readonly Pending[], index: number, code: UnsentCode): Withdrawn {
  const result = [...pending];
  const first = result[index];
  const unsent = first && !first.frozen && !isMarker(first) ? [unsentOf(result, index, code)] : [];
  const created = new Set<string>();
  const gone: Pending[] = [];
  for (let i = index; i < result.length;) {
    const submission = result[i];
    if (submission && (i === index || targets(submission).some((block) => created.has(block)))) {
      createdBlocks([submission]).forEach((block) => created.add(block));
      gone.push(submission);
      takeOut(result, i);
      result.splice(i, 1);
      index = -1;
    } else {
      i++;
    }
  }
  return { pending: result, unsent, gone };
}

/** Some of the submissions, as they are without the others. */
export function only(pending: readonly Pending[], kept: readonly Pending[]): readonly Pending[] {
  const result = [...pending];
  for (let i = result.length - 1; i >= 0; i--) {
    if (!kept.some(({ contentId }) => contentId === result[i]?.contentId)) {
      takeOut(result, i);
      result.splice(i, 1);
    }
  }
  return result;
}

/** Dense seqs behind the last answered one. The first keeps the one it may have been sent under. */
export function numbered(pending: readonly Pending[], answeredSeq: number): readonly Pending[] {
  return pending.map((submission, i) => {
    const seq = answeredSeq + 1 + i;
    return submission.seq === seq ? submission : { ...submission, seq };
  });
}

/** The last submission with more typing in it, if it may still be composed into. */
export function composed(last: Pending | undefined, effects: readonly Effect[]): Pending | undefined {
  const [more] = effects;
  const before = last?.effects[last.effects.length - 1];
  if (!last || last.sends > 0 || !more || !before || effects.length > 1) {
    return undefined;
  }
  if (more.editText && isTyping(last, more.editText.block)) {
    const edit = compose(before.editText?.edit ?? IDENTITY, more.editText.edit ?? IDENTITY);
    const editText = { ...more.editText, baseLength: before.editText?.baseLength ?? 0, edit };
    return { ...last, effects: [...last.effects.slice(0, -1), { ...before, editText }] };
  }
  if (last.effects.length > 1) {
    return undefined;
  }
  if (more.set && before.set?.target === more.set.target && before.set.key === more.set.key) {
    return more.set.advance && isLarger(before.set.value, more.set.value) ? last : { ...last, effects };
  }
  return more.move && before.move?.block === more.move.block ? { ...last, effects } : undefined;
}

/**
 * The last submission with one more edit of the same text beside its own. Where few wait each edit goes out by itself, so
 * that little is taken back if it is rejected.
 */
export function extended(pending: readonly Pending[], effects: readonly Effect[]): Pending | undefined {
  const last = pending[pending.length - 1];
  const [{ editText: more } = {}] = effects;
  const isTyped = effects.length === 1 && lengthOf(more?.edit?.inserts.join('') ?? '') <= TYPED_MAX;
  if (!last || !more || !isTyped || pending.length < APART_MAX || last.sends > 0 || last.effects.length >= EDITS_MAX) {
    return undefined;
  }
  return isTyping(last, more.block) ? { ...last, effects: [...last.effects, ...effects] } : undefined;
}

/** Whether it does nothing but edit this text. */
function isTyping({ effects, command }: Pending, block: string): boolean {
  return !command && effects.length > 0 && effects.every(({ editText }) => editText?.block === block);
}

/** What is sent of the first submission. `confirmedLength`: of the text of a block as it is confirmed. */
export function operations(
  { command, frozen, effects }: Pending,
  self: Author,
  confirmedLength: (block: string) => number,
): readonly Init<Operation>[] {
  if (command) {
    return [command];
  }
  const grown = new Map<string, number>();
  return (frozen?.effects ?? effects).map((effect) => {
    const operation = operationFor(effect, self, (block) => confirmedLength(block) + (grown.get(block) ?? 0));
    const { editText } = effect;
    if (editText?.edit) {
      grown.set(editText.block, (grown.get(editText.block) ?? 0) + growth(editText.edit));
    }
    return operation;
  });
}

/** Whether only the log can carry these over: edits of blocks that may be in the conversation already. */
export function needsEntries(pending: readonly Pending[]): boolean {
  const created = createdBlocks(pending.filter(({ sends }) => sends === 0));
  return pending.some(({ effects }) =>
    effects.some(({ editText, placeAnchor }) => {
      const block = editText?.block ?? placeAnchor?.block;
      return block !== undefined && !created.has(block);
    }),
  );
}

export function createdBlocks(pending: readonly Pick<Pending, 'effects'>[]): ReadonlySet<string> {
  return new Set(pending.flatMap(({ effects }) => effects.flatMap(({ create }) => (create ? [create.block] : []))));
}

/** The blocks that a submission is about. */
export function targets({ effects, command }: Pending): string[] {
  return command ? commandBlocks(command) : effects.flatMap((effect) => blockOf(effect) ?? []);
}

/** The blocks that the submissions are about, but for those they create. */
export function needs(pending: readonly Pending[]): string[] {
  const created = createdBlocks(pending);
  return pending.flatMap(targets).filter((block) => !created.has(block));
}

/** The same submissions for another outbox: the blocks they create are named after it. */
export function movedTo(outbox: string, from: string, pending: readonly Pending[]): readonly Pending[] {
  const created = createdBlocks(pending);
  const renamed = (block: string) => (created.has(block) ? outbox + block.slice(from.length) : block);
  return pending.map((submission) => ({
    ...submission,
    sends: 0,
    effects: submission.effects.map(({ create, editText, set, move, placeAnchor, ...rest }) => ({
      ...rest,
      ...(create && { create: { ...create, block: renamed(create.block), attributes: targeting(create.attributes) } }),
      ...(editText && { editText: { ...editText, block: renamed(editText.block) } }),
      ...(set && { set: { ...set, target: renamed(set.target) } }),
      ...(move && { move: { ...move, block: renamed(move.block) } }),
      ...(placeAnchor && {
        placeAnchor: { ...placeAnchor, block: renamed(placeAnchor.block), name: renamed(placeAnchor.name) },
      }),
    })),
    command: submission.command && renamedCommand(submission.command, renamed),
  }));

  function targeting(attributes: readonly Attribute[]): readonly Attribute[] {
    return attributes.map(({ key, value }) => ({ key, value: key === 'target' ? renamed(value) : value }));
  }
}

/** The blocks that a command is about. */
function commandBlocks(command: Operation): string[] {
  return Object.values(command as Record<string, unknown>).flatMap((about) => {
    const { block, into } = (about ?? {}) as { readonly block?: string; readonly into?: string };
    return [block, into].filter((id) => id !== undefined);
  });
}

function renamedCommand(command: Operation, renamed: (block: string) => string): Operation {
  const entries = Object.entries(command as Record<string, unknown>).map(([kind, about]) => {
    const { block, into } = (about ?? {}) as { readonly block?: string; readonly into?: string };
    return [
      kind,
      {
        ...(about as object),
        ...(block !== undefined && { block: renamed(block) }),
        ...(into !== undefined && { into: renamed(into) }),
      },
    ];
  });
  return Object.fromEntries(entries) as Operation;
}

/** Moves what stands behind the submission past its inverse, and leaves it without effects. */
function takeOut(pending: Pending[], index: number): void {
  const submission = pending[index];
  let inverse: readonly Effect[] = [...(submission?.effects ?? [])].reverse().flatMap(inverseOf);
  for (const [i, later] of pending.entries()) {
    if (i === index) {
      pending[i] = { ...later, effects: [] };
    } else if (i > index) {
      const crossed = cross(later.effects, inverse, 'LEFT');
      pending[i] = { ...later, effects: crossed.mine };
      inverse = crossed.theirs;
    }
  }
}

/** For moving others only: what was deleted comes back as spaces, since nobody will see it. */
function inverseOf({ editText, audience }: Effect): Effect[] {
  if (!editText?.edit) {
    return [];
  }
  const { block, baseLength, edit } = editText;
  const inverse = components(edit).map((component) => {
    return typeof component === 'string' ? -lengthOf(component) : component > 0 ? component : ' '.repeat(-component);
  });
  return [{ editText: { block, baseLength: baseLength + growth(edit), edit: textEdit(...inverse) }, audience }];
}

function unsentOf(pending: readonly Pending[], index: number, code: UnsentCode): Unsent {
  const submission = pending[index];
  const effects = submission?.effects ?? [];
  const [create] = effects.flatMap((effect) => effect.create ?? []);
  return {
    id: hex(submission?.contentId ?? new Uint8Array(0)),
    block: (submission && targets(submission)[0]) ?? '',
    text: create ? finalText(pending, create) : typedText(effects),
    code,
    composedAtMillis: submission?.composedAtMillis ?? 0,
  };
}

/** What edits of one text put into it: in the order of the text, without what a later one took out. */
function typedText(effects: readonly Effect[]): string {
  const block = effects[0] && blockOf(effects[0]);
  return effects
    .reduce(
      (all, { editText }) => (editText?.block === block ? compose(all, editText?.edit ?? IDENTITY) : all),
      IDENTITY,
    )
    .inserts.join('');
}

/** The text of a pending block with what was typed into it since. */
function finalText(pending: readonly Pending[], { block, text }: EffectCreate): string {
  return pending
    .flatMap(({ effects }) => effects.flatMap(({ editText }) => (editText?.block === block ? editText : [])))
    .reduce((before, { edit }) => apply(before, edit ?? IDENTITY), text);
}

/** A read marker: nothing that its author would miss. */
function isMarker({ effects }: Pending): boolean {
  return effects.length > 0 && effects.every(({ set }) => set?.advance);
}
