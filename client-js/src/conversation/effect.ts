// Effects: what the log holds and every replica applies. One of the members is set.

import type { TextEdit } from '../ot/text-edit.ts';
import type { Author, Effect, Init, Operation } from '../wire/wire.ts';

export type { Effect } from '../wire/wire.ts';

/** The block that the effect is about; undefined for an attribute of the conversation. */
export function blockOf(effect: Effect): string | undefined {
  const about =
    effect.create ??
    effect.editText ??
    effect.reveal ??
    effect.move ??
    effect.retarget ??
    effect.erase ??
    effect.placeAnchor;
  const block = about?.block ?? effect.set?.target;
  return block === '' ? undefined : block;
}

/** All blocks that the effect changes. */
export function blocksOf(effect: Effect): readonly string[] {
  const block = blockOf(effect);
  return [...(block === undefined ? [] : [block]), ...(effect.retarget ? [effect.retarget.into] : [])];
}

export function editTextEffect(block: string, baseLength: number, edit: TextEdit): Effect {
  return { editText: { block, baseLength, edit }, audience: 'VIEW_UNSPECIFIED' };
}

/**
 * The operation that asks for an optimistic effect: the other way round than the gateway goes. `lengthOf`: of the text of a
 * block that the effect was made on.
 */
export function operationFor(effect: Effect, author: Author, lengthOf: (block: string) => number): Init<Operation> {
  const { create, editText, set, move, placeAnchor, audience } = effect;
  if (create) {
    return { createBlock: { ...create, audience } };
  }
  if (editText) {
    return { editText };
  }
  if (move) {
    return { moveBlock: move };
  }
  if (placeAnchor) {
    const { block, name, start, end } = placeAnchor;
    return { placeAnchor: { block, baseLength: lengthOf(block), suggestion: name, start, end } };
  }
  if (set?.advance) {
    return { advance: { key: set.key.slice(0, -author.subject.length - 1), revision: Number(set.value) } };
  }
  return { setAttribute: { target: set?.target, key: set?.key, value: set?.value } };
}
