// Moves a submission past an entry that came before it in the log. Structure is addressed by id, so effects meet only on
// the same block: edits are moved past edits, and an edit cannot be moved past the publication of its draft.
//
// A submission of several effects is crossed pairwise: each effect of the entry is itself moved past the submission's
// earlier effects before it meets the next one. Moving all of them past the untouched entry diverges: text "ab", the
// entry inserts Z at 2, the submission deletes 2 and then inserts Q at 0; the gateway would get "QZ", the client "ZQ".

import { type Side, growth, transform } from '../ot/text-edit.ts';
import type { Effect, EffectEditText, Role } from '../wire/wire.ts';
import { blockOf } from './effect.ts';

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

/** Whether the submission edits a draft that the entry publishes: then it cannot be moved, and the gateway rejects it. */
export function conflicts(mine: readonly Effect[], theirs: readonly Effect[]): boolean {
  return theirs.some(({ reveal }) => reveal && mine.some(({ editText }) => editText?.block === reveal.block));
}

/** Crosses two lists of effects that start from the same state and do not conflict. */
export function cross(mine: readonly Effect[], theirs: readonly Effect[], side: Side): Crossed {
  const moved = [...mine];
  const shown: Effect[] = [];
  for (const effect of theirs) {
    let theirEffect: Effect | undefined = effect;
    for (let i = 0; i < moved.length && theirEffect; i++) {
      const myEffect: Effect | undefined = moved[i];
      if (!myEffect || blockOf(myEffect) !== blockOf(theirEffect)) {
        continue;
      }
      moved[i] = past(myEffect, theirEffect, side);
      theirEffect = isOverridden(theirEffect, myEffect)
        ? undefined
        : past(theirEffect, myEffect, side === 'LEFT' ? 'RIGHT' : 'LEFT');
    }
    if (theirEffect) {
      shown.push(theirEffect);
    }
  }
  return { mine: moved, theirs: shown };
}

function past(effect: Effect, other: Effect, side: Side): Effect {
  return effect.editText && other.editText
    ? { ...effect, editText: editPast(effect.editText, other.editText, side) }
    : effect;
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

/** Of two Sets the later wins, which the pending one will be; an advance takes the larger whatever the order. */
function isOverridden({ set: history }: Effect, { set: pending }: Effect): boolean {
  return history !== undefined && history.key === pending?.key && !history.advance;
}
