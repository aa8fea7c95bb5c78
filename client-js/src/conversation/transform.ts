// Moves a submission past an entry that came before it in the log. Structure is addressed by id, so effects meet only where
// they are about the same block: edits are moved past edits; an edit of a block that was merged into another follows its text
// there, and one of the block that took it in learns that the text is longer now; an edit cannot be moved past the publication
// of its draft or the erasure of its block; an anchor is moved like a cursor.
//
// A submission of several effects is crossed pairwise: each effect of the entry is itself moved past the submission's
// earlier effects before it meets the next one. Moving all of them past the untouched entry diverges: text "ab", the
// entry inserts Z at 2, the submission deletes 2 and then inserts Q at 0; the gateway would get "QZ", the client "ZQ".

import { type Side, type TextEdit, growth, shifted, transform } from '../ot/text-edit.ts';
import type { Effect, EffectEditText, EffectPlaceAnchor, EffectRetarget, RejectCode, Role } from '../wire/wire.ts';
import { spanAfter } from './anchor.ts';
import { blockOf, blocksOf } from './effect.ts';

export interface Crossed {
  /** The submission as it is after the entry. */
  readonly mine: readonly Effect[];
  /** What the entry does to who shows the submission already. */
  readonly theirs: readonly Effect[];
}

/**
 * The incoming edit stands left of history. The one exception, known to both ends from the roles: between an assistant
 * and a human the assistant's text stays left, whichever came first, so that neither is split.
 */
export function sideOf(incoming: Role, history: Role): Side {
  return history === 'ASSISTANT' && incoming !== 'ASSISTANT' ? 'RIGHT' : 'LEFT';
}

/**
 * Why the submission can no longer be meant after the entry: it edits a draft that the entry publishes, or a block that it
 * erases. The gateway rejects it with this code.
 */
export function conflictOf(mine: readonly Effect[], theirs: readonly Effect[]): RejectCode | undefined {
  const moved = new Map<string, string>();
  for (const { reveal, erase, retarget } of theirs) {
    const gone = reveal?.block ?? erase?.block;
    const isMeant = ({ editText, placeAnchor }: Effect) => {
      const block = editText?.block ?? (erase ? placeAnchor?.block : undefined);
      return block !== undefined && followed(moved, block) === gone;
    };
    if (gone !== undefined && mine.some(isMeant)) {
      return reveal ? 'BLOCK_PUBLISHED' : 'BLOCK_ERASED';
    }
    if (retarget) {
      moved.set(retarget.block, retarget.into);
    }
  }
  return undefined;
}

function followed(moved: ReadonlyMap<string, string>, block: string): string {
  let at = block;
  for (let into = moved.get(at); into !== undefined; into = moved.get(at)) {
    at = into;
  }
  return at;
}

/** Crosses two lists of effects that start from the same state and do not conflict. */
export function cross(mine: readonly Effect[], theirs: readonly Effect[], side: Side): Crossed {
  const moved = [...mine];
  const shown: Effect[] = [];
  for (const effect of theirs) {
    let theirEffect: Effect | undefined = effect;
    for (let i = 0; i < moved.length && theirEffect; i++) {
      const myEffect: Effect | undefined = moved[i];
      if (!myEffect || !meet(myEffect, theirEffect)) {
        continue;
      }
      moved[i] = incomingPast(myEffect, theirEffect, side);
      theirEffect = isOverridden(theirEffect, myEffect)
        ? undefined
        : shownPast(theirEffect, myEffect, side === 'LEFT' ? 'RIGHT' : 'LEFT');
    }
    if (theirEffect) {
      shown.push(theirEffect);
    }
  }
  return { mine: moved, theirs: shown };
}

function meet(mine: Effect, theirs: Effect): boolean {
  const block = blockOf(mine);
  return block === blockOf(theirs) || (block !== undefined && blocksOf(theirs).includes(block));
}

/** An incoming effect past one of history. */
function incomingPast(effect: Effect, { editText, retarget }: Effect, side: Side): Effect {
  if (effect.editText) {
    if (editText) {
      return { ...effect, editText: editPast(effect.editText, editText, side) };
    }
    return retarget ? { ...effect, editText: follow(effect.editText, retarget) } : effect;
  }
  if (effect.placeAnchor) {
    if (editText) {
      return { ...effect, placeAnchor: anchorPast(effect.placeAnchor, editText) };
    }
    return retarget?.block === effect.placeAnchor.block
      ? { ...effect, placeAnchor: anchorMoved(effect.placeAnchor, retarget) }
      : effect;
  }
  return effect;
}

/** An effect of history where a pending one is already shown. */
function shownPast(effect: Effect, { editText }: Effect, side: Side): Effect {
  if (!editText) {
    return effect;
  }
  if (effect.editText) {
    return { ...effect, editText: editPast(effect.editText, editText, side) };
  }
  if (effect.retarget) {
    return { ...effect, retarget: retargetPast(effect.retarget, editText) };
  }
  return effect.placeAnchor ? { ...effect, placeAnchor: anchorPast(effect.placeAnchor, editText) } : effect;
}

function editPast(edit: EffectEditText, other: EffectEditText, side: Side): EffectEditText {
  if (!edit.edit || !other.edit) {
    return edit;
  }
  return {
    block: edit.block,
    baseLength: edit.baseLength + growth(other.edit),
    edit: transform(edit.edit, other.edit, side),
  };
}

function follow(edit: EffectEditText, { into, intoLength, at, length }: EffectRetarget): EffectEditText {
  return edit.block === into
    ? { ...edit, baseLength: edit.baseLength + at - intoLength + length }
    : { block: into, baseLength: at + edit.baseLength, edit: edit.edit && shifted(edit.edit, at) };
}

function retargetPast(retarget: EffectRetarget, { block, edit }: EffectEditText): EffectRetarget {
  const by = edit ? growth(edit) : 0;
  return block === retarget.block
    ? { ...retarget, length: retarget.length + by }
    : { ...retarget, intoLength: retarget.intoLength + by, at: retarget.at + by };
}

function anchorPast(anchor: EffectPlaceAnchor, { edit }: { readonly edit?: TextEdit | undefined }): EffectPlaceAnchor {
  return edit ? { ...anchor, ...spanAfter(anchor, edit, false) } : anchor;
}

function anchorMoved(anchor: EffectPlaceAnchor, { into, at }: EffectRetarget): EffectPlaceAnchor {
  return { ...anchor, block: into, start: anchor.start + at, end: anchor.end + at };
}

/** Of two Sets of one key, and of two Moves, the later wins, which the pending one will be; an advance takes the larger. */
function isOverridden(history: Effect, pending: Effect): boolean {
  return history.set !== undefined
    ? history.set.key === pending.set?.key && !history.set.advance
    : history.move !== undefined && pending.move !== undefined;
}
