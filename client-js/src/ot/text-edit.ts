// The algebra of one text: what one author did to it, as retain / insert / delete over Unicode code points.
//
//            base
//         a /    \ b            transform(b, a, RIGHT) after a  ==  transform(a, b, LEFT) after b
//          *      *
//        b' \    / a'
//            both

import { hasSurrogates, indexAfter, isWellFormed, lengthOf } from './text.ts';

/**
 * An edit in canonical form, as it is on the wire: a positive span retains that many code points, a negative one deletes
 * them, a zero takes the next of `inserts`. Insert stands before delete, equal kinds are joined, nothing is empty, and
 * there is no retain at the end.
 */
export interface TextEdit {
  readonly spans: readonly number[];
  readonly inserts: readonly string[];
}

/** Where the text of an edit goes that meets another insert at the same place. */
export type Side = 'LEFT' | 'RIGHT';

export type EditErrorCode = 'OUT_OF_RANGE' | 'ILL_FORMED_TEXT' | 'NOT_CANONICAL';

/** An edit that does not fit its text, or is none. */
export class EditError extends Error {
  override readonly name = 'EditError';

  constructor(readonly code: EditErrorCode) {
    super(code);
  }
}

export const IDENTITY: TextEdit = Object.freeze({ spans: [], inserts: [] });

/** The canonical edit of components in reading order: `textEdit(5, '!', -2)` retains 5, inserts, deletes 2. */
export function textEdit(...components: readonly (number | string)[]): TextEdit {
  const edit = new Builder();
  for (const component of components) {
    if (typeof component === 'string') {
      if (!isWellFormed(component)) {
        throw new EditError('ILL_FORMED_TEXT');
      }
      edit.insert(component);
    } else if (component > 0) {
      edit.retain(component);
    } else {
      edit.delete(-component);
    }
  }
  return edit.build();
}

/** The components of an edit, as {@link textEdit} takes them. */
export function components(edit: TextEdit): (number | string)[] {
  let insert = 0;
  return edit.spans.map((span) => (span === 0 ? (edit.inserts[insert++] ?? '') : span));
}

export function isIdentity(edit: TextEdit): boolean {
  return edit.spans.length === 0;
}

export function isCanonical(edit: TextEdit): boolean {
  const inserts = edit.spans.filter((span) => span === 0).length;
  if (inserts !== edit.inserts.length || !edit.spans.every(Number.isInteger) || !edit.inserts.every(isWellFormed)) {
    return false;
  }
  return sameEdit(edit, textEdit(...components(edit)));
}

export function sameEdit(a: TextEdit, b: TextEdit): boolean {
  return (
    a.spans.length === b.spans.length &&
    a.inserts.length === b.inserts.length &&
    a.spans.every((span, i) => span === b.spans[i]) &&
    a.inserts.every((insert, i) => insert === b.inserts[i])
  );
}

/** How much longer a text is after the edit, in code points. */
export function growth(edit: TextEdit): number {
  return (
    edit.inserts.reduce((sum, insert) => sum + lengthOf(insert), 0) +
    edit.spans.reduce((sum, span) => sum + Math.min(span, 0), 0)
  );
}

export function apply(text: string, edit: TextEdit): string {
  if (!isWellFormed(text) || !edit.inserts.every(isWellFormed)) {
    throw new EditError('ILL_FORMED_TEXT');
  }
  const pairs = hasSurrogates(text);
  let result = '';
  let index = 0;
  let insert = 0;
  for (const span of edit.spans) {
    if (span === 0) {
      result += edit.inserts[insert++] ?? '';
      continue;
    }
    const end = pairs ? indexAfter(text, Math.abs(span), index) : index + Math.abs(span);
    if (end < 0 || end > text.length) {
      throw new EditError('OUT_OF_RANGE');
    }
    if (span > 0) {
      result += text.slice(index, end);
    }
    index = end;
  }
  return result + text.slice(index);
}

/**
 * `edit` as it is after `other`, where both were made on the same text. What either inserts survives; what both delete
 * is deleted once; `side` says where the text of `edit` goes when both insert at one place.
 */
export function transform(edit: TextEdit, other: TextEdit, side: Side): TextEdit {
  const a = new Reader(edit);
  const b = new Reader(other);
  const result = new Builder();
  while (!a.atEnd) {
    if (a.isInsert && (side === 'LEFT' || !b.isInsert)) {
      result.insert(a.takeText(Infinity));
    } else if (b.isInsert) {
      result.retain(lengthOf(b.takeText(Infinity)));
    } else {
      const length = Math.min(a.length, b.length);
      if (!b.isDelete) {
        if (a.isDelete) {
          result.delete(length);
        } else {
          result.retain(length);
        }
      }
      a.skip(length);
      b.skip(length);
    }
  }
  return result.build();
}

/** One edit that does what `edit` and then `next` does. */
export function compose(edit: TextEdit, next: TextEdit): TextEdit {
  const a = new Reader(edit);
  const b = new Reader(next);
  const result = new Builder();
  while (!a.atEnd || !b.atEnd) {
    if (a.isDelete) {
      result.delete(a.length);
      a.skip(a.length);
    } else if (b.isInsert) {
      result.insert(b.takeText(Infinity));
    } else if (a.isInsert) {
      const length = Math.min(a.length, b.length);
      const text = a.takeText(length);
      if (!b.isDelete) {
        result.insert(text);
      }
      b.skip(length);
    } else {
      const length = Math.min(a.length, b.length);
      if (b.isDelete) {
        result.delete(length);
      } else {
        result.retain(length);
      }
      a.skip(length);
      b.skip(length);
    }
  }
  return result.build();
}

/** The same edit of a text that stands `by` code points further on in a longer one. */
export function shifted(edit: TextEdit, by: number): TextEdit {
  return textEdit(by, ...components(edit));
}

/** The edit that takes `edit` back; `text` is the text before it. */
export function invert(edit: TextEdit, text: string): TextEdit {
  if (!isWellFormed(text)) {
    throw new EditError('ILL_FORMED_TEXT');
  }
  const result = new Builder();
  let index = 0;
  let insert = 0;
  for (const span of edit.spans) {
    if (span === 0) {
      result.delete(lengthOf(edit.inserts[insert++] ?? ''));
      continue;
    }
    const end = indexAfter(text, Math.abs(span), index);
    if (end < 0) {
      throw new EditError('OUT_OF_RANGE');
    }
    if (span > 0) {
      result.retain(span);
    } else {
      result.insert(text.slice(index, end));
    }
    index = end;
  }
  return result.build();
}

/**
 * Where a cursor is after the edit. Text inserted exactly at the cursor pushes it only if its owner typed it (`own`).
 */
export function transformCursor(position: number, edit: TextEdit, own: boolean): number {
  let result = position;
  let offset = 0;
  let insert = 0;
  for (const span of edit.spans) {
    if (offset > position) {
      break;
    }
    if (span === 0) {
      const length = lengthOf(edit.inserts[insert++] ?? '');
      if (offset < position || own) {
        result += length;
      }
    } else if (span > 0) {
      offset += span;
    } else {
      result -= Math.min(-span, position - offset);
      offset -= span;
    }
  }
  return result;
}

/** Builds the canonical form from components in any order. */
class Builder {
  private readonly spans: number[] = [];
  private readonly inserts: string[] = [];

  retain(length: number): void {
    this.add(length);
  }

  delete(length: number): void {
    this.add(-length);
  }

  insert(text: string): void {
    if (text === '') {
      return;
    }
    const last = this.spans.length - 1;
    const before = this.last < 0 ? last - 1 : last;
    if (before >= 0 && this.spans[before] === 0) {
      this.inserts.push((this.inserts.pop() ?? '') + text);
    } else {
      this.spans.splice(before + 1, 0, 0);
      this.inserts.push(text);
    }
  }

  build(): TextEdit {
    if (this.last > 0) {
      this.spans.pop();
    }
    return { spans: this.spans, inserts: this.inserts };
  }

  private get last(): number {
    return this.spans[this.spans.length - 1] ?? 0;
  }

  private add(span: number): void {
    if (span === 0) {
      return;
    }
    if (this.last * span > 0) {
      this.spans[this.spans.length - 1] = this.last + span;
    } else {
      this.spans.push(span);
    }
  }
}

/** Reads components in pieces; past the end it retains without limit. */
class Reader {
  private index = 0;
  private insertIndex = 0;
  private text: string;
  private left: number;

  constructor(private readonly edit: TextEdit) {
    this.text = '';
    this.left = 0;
    this.load();
  }

  get atEnd(): boolean {
    return this.index >= this.edit.spans.length;
  }

  get isInsert(): boolean {
    return this.span === 0;
  }

  get isDelete(): boolean {
    return this.span < 0;
  }

  /** What is left of the current component, in code points. */
  get length(): number {
    return this.isInsert ? lengthOf(this.text) : this.left;
  }

  skip(length: number): void {
    this.left -= length;
    if (this.left === 0) {
      this.next();
    }
  }

  /** Takes up to `length` code points of the current insert. */
  takeText(length: number): string {
    const end = length === Infinity ? -1 : indexAfter(this.text, length);
    if (end < 0 || end === this.text.length) {
      const text = this.text;
      this.next();
      return text;
    }
    const text = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return text;
  }

  private get span(): number {
    return this.edit.spans[this.index] ?? Infinity;
  }

  private next(): void {
    if (this.isInsert) {
      this.insertIndex++;
    }
    this.index++;
    this.load();
  }

  private load(): void {
    if (this.isInsert) {
      this.text = this.edit.inserts[this.insertIndex] ?? '';
    } else {
      this.left = Math.abs(this.span);
    }
  }
}
