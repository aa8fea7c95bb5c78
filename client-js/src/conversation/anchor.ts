// Named places in a block's text, moved by every edit of it.

import { type TextEdit, transformCursor } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type { Anchor, EffectPlaceAnchor } from '../wire/wire.ts';

/** Two places in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range does not take in what is inserted at its ends; a point stays left of it, unless the text is its `own`. */
export function spanAfter({ start, end }: Span, edit: TextEdit, own: boolean): Span {
  if (start === end) {
    const point = transformCursor(start, edit, own);
    return { start: point, end: point };
  }
  const first = transformCursor(start, edit, true);
  return { start: first, end: Math.max(first, transformCursor(end, edit, false)) };
}

/** `run`: of the assistant's run that made the edit, if one did. */
export function anchorAfter(anchor: Anchor, edit: TextEdit, run: string): Anchor {
  const own = anchor.run && anchor.name === run;
  const span = spanAfter(anchor, edit, own);
  return {
    ...anchor,
    ...span,
    stale: anchor.stale || (anchor.start < anchor.end && span.start === span.end),
    written: anchor.written + (own ? edit.inserts.reduce((sum, text) => sum + lengthOf(text), 0) : 0),
  };
}

/** The anchors of a block, sorted by name, with one placed or taken away. */
export function withAnchor(anchors: readonly Anchor[], effect: EffectPlaceAnchor): readonly Anchor[] {
  const { name, start, end, run, removed } = effect;
  const others = anchors.filter((anchor) => anchor.name !== name);
  return removed ? others : byName([...others, { name, start, end, run, stale: false, written: 0 }]);
}

export function byName(anchors: readonly Anchor[]): readonly Anchor[] {
  return [...anchors].sort((a, b) => (a.name < b.name ? -1 : 1));
}
