import type { Author, Block } from '../../src/index.ts';
import { element } from './element.ts';
import { nameOf } from './words.ts';

/** A piece of text and who wrote it. */
export interface Piece {
  readonly text: string;
  readonly author: Author | undefined;
}

const COLOURS = 6;

/** The text of a block by author. */
export function piecesOf({ text, authors, authorship }: Block): Piece[] {
  const points = Array.from(text);
  const pieces: Piece[] = [];
  let start = 0;
  for (let i = 0; i < authorship.length; i += 2) {
    const end = start + (authorship[i] ?? 0);
    pieces.push({ text: points.slice(start, end).join(''), author: authors[authorship[i + 1] ?? 0] });
    start = end;
  }
  return pieces;
}

/** Pieces in the colours of their authors. */
export function authoredSpans(pieces: readonly Piece[]): HTMLElement[] {
  return pieces.map(({ text, author }) =>
    author
      ? element('span', { class: `by ${authorClass(author)}`, title: nameOf(author) }, text)
      : element('span', {}, text),
  );
}

/** Of one colour for the assistant, and of one for each person. */
export function authorClass({ subject, role }: Author): string {
  if (role === 'ASSISTANT') {
    return 'by-assistant';
  }
  const sum = Array.from(subject).reduce((all, point) => (all * 31 + (point.codePointAt(0) ?? 0)) % 9973, 13);
  return `by-${sum % COLOURS}`;
}
