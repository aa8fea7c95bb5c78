import { isTracked } from '../conversation/authorship.ts';
import type { Settled } from '../conversation/pending.ts';
import type { EditObserver, Replica } from '../conversation/replica.ts';
import type { Block } from '../conversation/state.ts';
import { diff } from '../ot/diff.ts';
import {
  IDENTITY,
  type TextEdit,
  apply,
  components,
  compose,
  growth,
  invert,
  isIdentity,
  sameEdit,
  textEdit,
  transform,
  transformCursor,
} from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type { Effect } from '../wire/wire.ts';

/** What takes one own edit back, on a text of `length` code points. */
interface Step {
  readonly group: number;
  inverse: TextEdit;
  length: number;
  readonly contentId: Uint8Array;
  isPending: boolean;
}

/** What the last edit was, to tell whether the next one goes on with it. */
interface Typing {
  readonly kind: 'insert' | 'delete' | 'other';
  /** Where the next one would be. */
  readonly at: number;
  readonly millis: number;
}

/**
 *     displayed --undo[last]--> . --undo[last - 1]--> . … --undo[0]--> what the text would be without the own edits
 *
 * and the same for what was taken back. While `isExact`, the steps that are pending are those that are pending in the
 * replica, so that they lead to the confirmed text.
 */
interface Past {
  undo: Step[];
  redo: Step[];
  kind: Block['kind'];
  confirmed: string;
  displayed: string;
  isExact: boolean;
  typing: Typing;
}

const PAUSE_MILLIS = 1_000;
/** More at once was pasted, or comes from a template. */
const TYPED_LENGTH_MAX = 16;
const STEPS_MAX = 1_000;

/**
 * What a user typed, block by block, to be taken back and done again. Inverses of the own edits are moved past whatever
 * others do, so that taking back never takes what somebody else wrote; what others deleted too does not come back.
 */
export class UndoHistory<T> implements EditObserver {
  private readonly pasts = new Map<string, Past>();
  private group = 0;
  private mode: 'type' | 'undo' | 'redo' = 'type';
  private isSeparate = false;

  constructor(
    private readonly replica: Replica,
    private readonly edit: (blockId: string, edit: TextEdit) => T,
  ) {
    replica.observer = this;
  }

  canUndo(blockId: string): boolean {
    return this.pasts.get(blockId)?.undo.some(({ inverse }) => !isIdentity(inverse)) ?? false;
  }

  canRedo(blockId: string): boolean {
    return this.pasts.get(blockId)?.redo.some(({ inverse }) => !isIdentity(inverse)) ?? false;
  }

  /** Takes the last own edits back that belong together; undefined if there are none. */
  undo(blockId: string): T | undefined {
    return this.goBack(blockId, 'undo');
  }

  redo(blockId: string): T | undefined {
    return this.goBack(blockId, 'redo');
  }

  /** Makes an edit that is taken back by itself. */
  apart<R>(makeEdit: () => R): R {
    this.isSeparate = true;
    try {
      return makeEdit();
    } finally {
      this.isSeparate = true;
    }
  }

  begins(effects: readonly Effect[], nowMillis: number): boolean {
    const [{ editText } = {}] = effects;
    if (!editText?.edit) {
      return false;
    }
    if (this.mode !== 'type') {
      return true;
    }
    const past = this.pasts.get(editText.block);
    const typing = typingOf(editText.edit, nowMillis);
    const goesOn = past !== undefined && !this.isSeparate && past.undo.length > 0 && follows(typing, past.typing);
    this.group += goesOn ? 0 : 1;
    this.isSeparate = false;
    const at = typing.kind === 'insert' ? typing.at + growth(editText.edit) : typing.at;
    this.pastOf(editText.block).typing = { ...typing, at };
    return !goesOn;
  }

  edited(blockId: string, before: string, edit: TextEdit, contentId: Uint8Array): void {
    const past = this.pastOf(blockId);
    const length = lengthOf(before) + growth(edit);
    const inverse = invert(edit, before);
    const step = { group: this.group, inverse, length, contentId, isPending: true };
    const last = past.undo[past.undo.length - 1];
    if (this.mode === 'undo') {
      past.redo.push(step);
    } else if (this.mode === 'type' && last?.isPending && last.contentId === contentId && last.group === this.group) {
      last.inverse = compose(inverse, last.inverse);
      last.length = length;
    } else {
      past.undo.push(step);
      past.undo.splice(0, past.undo.length - STEPS_MAX);
    }
    if (this.mode === 'type') {
      past.redo = [];
    }
    past.displayed = apply(before, edit);
    past.isExact = this.isExact(blockId, past);
  }

  stepped(effects: readonly Effect[] | undefined, shown: readonly Effect[], settled: readonly Settled[]): void {
    for (const [blockId, past] of this.pasts) {
      const block = this.replica.block(blockId);
      if (block?.kind !== past.kind || block.mergedInto !== '' || block.erased) {
        this.pasts.delete(blockId);
      } else {
        this.move(blockId, past, block, { effects, shown, settled });
      }
    }
  }

  /** Brings a past to what is displayed and confirmed now. */
  private move(
    blockId: string,
    past: Past,
    block: Block,
    {
      effects,
      shown,
      settled,
    }: { effects: readonly Effect[] | undefined; shown: readonly Effect[]; settled: readonly Settled[] },
  ): void {
    settle(past, settled);
    const wasExact = past.isExact;
    const confirmed = this.confirmedText(blockId);
    const shownEdit = leading(past.displayed, editOf(shown, blockId), block.text);
    past.isExact = this.isExact(blockId, past);
    if (wasExact && past.isExact) {
      const made = effects ? editOf(effects, blockId) : IDENTITY;
      const raw = effects?.length === 0 ? IDENTITY : leading(past.confirmed, made, confirmed);
      carry(
        past.undo.filter(({ isPending }) => !isPending),
        raw,
      );
      this.recompute(blockId, past, confirmed);
    } else {
      carry(past.undo, shownEdit);
    }
    carry(past.redo, shownEdit);
    past.undo = fitting(past.undo, block.text);
    past.redo = fitting(past.redo, block.text);
    past.typing = { ...past.typing, at: transformCursor(past.typing.at, shownEdit, false) };
    past.confirmed = confirmed;
    past.displayed = block.text;
  }

  /** The inverses of what is pending, as it is by now: without what others deleted too. */
  private recompute(blockId: string, past: Past, confirmed: string): void {
    let text = confirmed;
    const pending = past.undo.filter(({ isPending }) => isPending);
    this.pendingEdits(blockId).forEach(({ edit }, i) => {
      const step = pending[i];
      const after = apply(text, edit);
      if (step) {
        step.inverse = invert(edit, text);
        step.length = lengthOf(after);
      }
      text = after;
    });
  }

  private goBack(blockId: string, mode: 'undo' | 'redo'): T | undefined {
    for (let taken = this.take(blockId, mode); taken; taken = this.take(blockId, mode)) {
      const { steps, block, past } = taken;
      const meant = steps.reduce((edit, { inverse }) => compose(edit, inverse), IDENTITY);
      const allowed = this.ownOnly(meant, block);
      if (!sameEdit(meant, allowed)) {
        carry(past[mode], compose(invert(meant, block.text), allowed));
      }
      if (!isIdentity(allowed)) {
        return this.perform(blockId, allowed, mode, steps);
      }
    }
    return undefined;
  }

  private take(
    blockId: string,
    mode: 'undo' | 'redo',
  ): { readonly steps: readonly Step[]; readonly block: Block; readonly past: Past } | undefined {
    const past = this.pasts.get(blockId);
    const block = this.replica.block(blockId);
    const last = past?.[mode][past[mode].length - 1];
    if (!past || !block || !last) {
      return undefined;
    }
    const first = past[mode].findIndex(({ group }) => group === last.group);
    return { steps: past[mode].splice(first).reverse(), block, past };
  }

  private perform(blockId: string, edit: TextEdit, mode: 'undo' | 'redo', steps: readonly Step[]): T {
    const { group } = this;
    this.mode = mode;
    this.group = steps[0]?.group ?? group;
    try {
      return this.edit(blockId, edit);
    } catch (error) {
      this.pasts.get(blockId)?.[mode].push(...[...steps].reverse());
      throw error;
    } finally {
      this.mode = 'type';
      this.group = group;
      this.isSeparate = true;
    }
  }

  /** Without deletions of what others wrote, where it is known who wrote what. */
  private ownOnly(edit: TextEdit, block: Block): TextEdit {
    if (!isTracked(block)) {
      return edit;
    }
    const { subject } = this.replica.self;
    const isOwn: boolean[] = [];
    for (let i = 0; i < block.authorship.length; i += 2) {
      const own = block.authors[block.authorship[i + 1] ?? 0]?.subject === subject;
      isOwn.push(...new Array<boolean>(block.authorship[i] ?? 0).fill(own));
    }
    let at = 0;
    const allowed = components(edit).flatMap((component): readonly (number | string)[] => {
      if (typeof component === 'string') {
        return [component];
      }
      const from = at;
      at += Math.abs(component);
      return component > 0 ? [component] : isOwn.slice(from, at).map((own) => (own ? -1 : 1));
    });
    return textEdit(...allowed);
  }

  private pastOf(blockId: string): Past {
    const known = this.pasts.get(blockId);
    if (known) {
      return known;
    }
    const past: Past = {
      undo: [],
      redo: [],
      kind: this.replica.block(blockId)?.kind ?? 'BLOCK_KIND_UNSPECIFIED',
      confirmed: this.confirmedText(blockId),
      displayed: this.replica.block(blockId)?.text ?? '',
      isExact: false,
      typing: { kind: 'other', at: 0, millis: 0 },
    };
    past.isExact = this.isExact(blockId, past);
    this.pasts.set(blockId, past);
    return past;
  }

  private isExact(blockId: string, past: Past): boolean {
    const steps = past.undo.filter(({ isPending }) => isPending);
    const edits = this.pendingEdits(blockId);
    return steps.length === edits.length && steps.every(({ contentId }, i) => contentId === edits[i]?.contentId);
  }

  /** The text that pending edits start from. */
  private confirmedText(blockId: string): string {
    const created = this.replica.pending.flatMap(({ effects }) => effects.flatMap(({ create }) => create ?? []));
    const block = this.replica.confirmed.blocks.get(blockId) ?? created.find(({ block }) => block === blockId);
    return block?.text ?? '';
  }

  private pendingEdits(blockId: string): { readonly contentId: Uint8Array; readonly edit: TextEdit }[] {
    return this.replica.pending.flatMap(({ contentId, effects }) =>
      effects.flatMap(({ editText }) =>
        editText?.block === blockId ? [{ contentId, edit: editText.edit ?? IDENTITY }] : [],
      ),
    );
  }
}

/** What was accepted is not pending any more; what never will be has nothing to be taken back. */
function settle(past: Past, settled: readonly Settled[]): void {
  for (const { contentId, code } of settled) {
    for (const step of past.undo.filter((each) => each.contentId === contentId)) {
      step.isPending = false;
    }
    if (code !== undefined) {
      past.undo = past.undo.filter((each) => each.contentId !== contentId);
      past.redo = past.redo.filter((each) => each.contentId !== contentId);
    }
  }
}

/** Moves steps, the last of which is the next to be done, past an edit. */
function carry(steps: readonly Step[], edit: TextEdit): void {
  let moving = edit;
  for (const step of [...steps].reverse()) {
    const { inverse } = step;
    step.inverse = transform(inverse, moving, 'LEFT');
    step.length += growth(moving);
    moving = transform(moving, inverse, 'RIGHT');
  }
}

/** Those that still fit one on the other; a step that does not ends the past. */
function fitting(steps: readonly Step[], text: string): Step[] {
  let length = lengthOf(text);
  let first = steps.length;
  while (first > 0) {
    const step = steps[first - 1];
    if (step?.length !== length) {
      break;
    }
    length += growth(step.inverse);
    first--;
  }
  return steps.slice(first);
}

/** What effects do to the text of a block; of what a merge brings only the length counts. */
function editOf(effects: readonly Effect[], blockId: string): TextEdit {
  return effects.reduce((edit, { editText, retarget }) => {
    if (editText?.block === blockId) {
      return compose(edit, editText.edit ?? IDENTITY);
    }
    if (retarget?.into === blockId) {
      const { intoLength, at, length } = retarget;
      return compose(edit, textEdit(intoLength, ' '.repeat(at - intoLength + length)));
    }
    return edit;
  }, IDENTITY);
}

/** The edit, if there is one and it makes a text as long as it has to be, or else the difference. */
function leading(before: string, edit: TextEdit, after: string): TextEdit {
  const isKnown = !isIdentity(edit) && lengthOf(before) + growth(edit) === lengthOf(after);
  return isKnown ? edit : diff(before, after);
}

/** What kind of edit it is, and where. */
function typingOf(edit: TextEdit, millis: number): Typing {
  const parts = components(edit);
  const at = typeof parts[0] === 'number' && parts[0] > 0 ? Number(parts.shift()) : 0;
  const [part] = parts;
  if (parts.length !== 1 || part === undefined) {
    return { kind: 'other', at, millis };
  }
  const isTyped = typeof part !== 'string' || lengthOf(part) <= TYPED_LENGTH_MAX;
  return { kind: !isTyped ? 'other' : typeof part === 'string' ? 'insert' : 'delete', at, millis };
}

function follows(next: Typing, last: Typing): boolean {
  const isNear = next.at === last.at || (next.kind === 'delete' && next.at === last.at - 1);
  return next.kind !== 'other' && next.kind === last.kind && isNear && next.millis - last.millis < PAUSE_MILLIS;
}
