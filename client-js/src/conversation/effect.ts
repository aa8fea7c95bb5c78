// Effects: what the log holds and every replica applies. One of the four members is set.

import type { TextEdit } from '../ot/text-edit.ts';
import type { Author, Effect, Init, Operation } from '../wire/wire.ts';

export type { Effect } from '../wire/wire.ts';

/** The block that the effect is about; undefined for an attribute of the conversation. */
export function blockOf(effect: Effect): string | undefined {
  const block = (effect.create ?? effect.editText ?? effect.reveal)?.block ?? effect.set?.target;
  return block === '' ? undefined : block;
}

export function editTextEffect(block: string, baseLength: number, edit: TextEdit): Effect {
  return { editText: { block, baseLength, edit }, audience: 'VIEW_UNSPECIFIED' };
}

/** The operation that asks for an optimistic effect: the other way round than the gateway goes. */
export function operationFor({ create, editText, set, audience }: Effect, author: Author): Init<Operation> {
  if (create) {
    return { createBlock: { ...create, audience } };
  }
  if (editText) {
    return { editText };
  }
  if (set?.advance) {
    return { advance: { key: set.key.slice(0, -author.subject.length - 1), revision: Number(set.value) } };
  }
  return { setAttribute: { target: set?.target, key: set?.key, value: set?.value } };
}
