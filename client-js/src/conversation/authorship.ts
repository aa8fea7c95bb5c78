// Who wrote which part of a block's text: pairs of a length and an index of the authors, over the whole text.

import { type TextEdit, components } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type { Author } from '../wire/wire.ts';

export interface Authorship {
  /** The block's creator and whoever edited it, in the order of their first edit. */
  readonly authors: readonly Author[];
  readonly authorship: readonly number[];
}

/** What a PUBLIC state has, which does not track it. */
export const UNTRACKED: Authorship = { authors: [], authorship: [] };

export function authorshipOf(author: Author, length: number): Authorship {
  return { authors: [author], authorship: length === 0 ? [] : [length, 0] };
}

export function isTracked({ authors }: Authorship): boolean {
  return authors.length > 0;
}

export function authorshipAfter(before: Authorship, edit: TextEdit, author: Author): Authorship {
  if (!isTracked(before)) {
    return UNTRACKED;
  }
  const authors = withAuthor(before.authors, author);
  const runs = new Runs();
  const reader = new Reader(before.authorship);
  for (const component of components(edit)) {
    if (typeof component === 'string') {
      runs.add(lengthOf(component), indexOf(authors, author));
    } else {
      reader.take(Math.abs(component), component > 0 ? runs : undefined);
    }
  }
  reader.take(Infinity, runs);
  return { authors, authorship: runs.pairs };
}

/** With a separator by `author` and then another text. */
export function authorshipJoined(
  before: Authorship,
  other: Authorship,
  separatorLength: number,
  author: Author,
): Authorship {
  if (!isTracked(before)) {
    return UNTRACKED;
  }
  let { authors } = before;
  const runs = new Runs();
  new Reader(before.authorship).take(Infinity, runs);
  if (separatorLength > 0) {
    authors = withAuthor(authors, author);
    runs.add(separatorLength, indexOf(authors, author));
  }
  for (let i = 0; i < other.authorship.length; i += 2) {
    const writer = other.authors[other.authorship[i + 1] ?? 0];
    if (writer) {
      authors = withAuthor(authors, writer);
      runs.add(other.authorship[i] ?? 0, indexOf(authors, writer));
    }
  }
  return { authors, authorship: runs.pairs };
}

export function sameAuthor(a: Author, b: Author): boolean {
  return a.subject === b.subject && a.role === b.role && a.name === b.name;
}

function indexOf(authors: readonly Author[], author: Author): number {
  return authors.findIndex((known) => sameAuthor(known, author));
}

function withAuthor(authors: readonly Author[], author: Author): readonly Author[] {
  return indexOf(authors, author) < 0 ? [...authors, author] : authors;
}

/** Runs in the making: neighbours by one author are one. */
class Runs {
  readonly pairs: number[] = [];

  add(length: number, author: number): void {
    const last = this.pairs.length - 2;
    if (last >= 0 && this.pairs[last + 1] === author) {
      this.pairs[last] = (this.pairs[last] ?? 0) + length;
    } else {
      this.pairs.push(length, author);
    }
  }
}

/** Takes runs piece by piece, and puts them into others unless told none. */
class Reader {
  private next = 0;
  private taken = 0;

  constructor(private readonly pairs: readonly number[]) {}

  take(length: number, into: Runs | undefined): void {
    let left = length;
    while (left > 0 && this.next < this.pairs.length) {
      const runLength = this.pairs[this.next] ?? 0;
      const piece = Math.min(left, runLength - this.taken);
      into?.add(piece, this.pairs[this.next + 1] ?? 0);
      left -= piece;
      this.taken += piece;
      if (this.taken === runLength) {
        this.next += 2;
        this.taken = 0;
      }
    }
  }
}
