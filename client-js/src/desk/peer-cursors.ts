import type { Replica } from '../conversation/replica.ts';
import { type TextEdit, transformCursor } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import { type Cursors, type TextCursor, isSame } from '../presence/conversation-presence.ts';
import type { Author, Blocks, Cursor, Effect, Entry, Peer } from '../wire/wire.ts';

interface Placed {
  readonly owner: Author;
  readonly cursor: Cursor | undefined;
}

const ENTRIES_MAX = 256;

/**
 * Cursors of others in a conversation. One comes with the revision its offsets are of: it is moved past the entries since,
 * and where it is displayed past what is pending; one that is ahead waits for its entries.
 */
export class PeerCursors implements Cursors {
  private placed: readonly Placed[] = [];
  /** The entries behind the revision `since`, as far as they are kept. */
  private recent: readonly Entry[] = [];
  private since = Infinity;

  constructor(private readonly replica: Replica) {}

  receive(peers: readonly Peer[]): void {
    this.placed = peers.flatMap(({ author: owner, cursor }) =>
      owner ? [{ owner, cursor: cursor && this.place(cursor, owner) }] : [],
    );
  }

  follow(entries: readonly Entry[], from: number): void {
    const last = this.recent[this.recent.length - 1]?.revision ?? from;
    const fresh = entries.filter(({ revision }) => revision > last);
    const all = [...this.recent, ...fresh];
    this.recent = all.slice(-ENTRIES_MAX);
    this.since = all[all.length - ENTRIES_MAX - 1]?.revision ?? Math.min(this.since, from);
    this.move((cursor, owner) => fresh.reduce((moved, entry) => after(moved, entry, owner), cursor));
  }

  /** Cursors in what changed are lost until they move again. */
  replaced({ since, position, blocks }: Blocks): void {
    const revision = position?.revision ?? 0;
    this.recent = [];
    this.since = revision;
    this.move((cursor) => {
      const isUntouched = since > 0 && since <= cursor.revision && !blocks.some(({ id }) => id === cursor.block);
      return isUntouched || cursor.revision >= revision ? cursor : undefined;
    });
  }

  displayed(author: Author): TextCursor | undefined {
    const cursor = this.placed.find(({ owner }) => isSame(owner, author))?.cursor;
    const block = cursor && this.replica.block(cursor.block);
    if (!block || cursor.revision > this.replica.position.revision) {
      return undefined;
    }
    const edits = this.pendingEdits(block.id);
    const at = (offset: number) =>
      Math.min(
        lengthOf(block.text),
        edits.reduce((moved, edit) => transformCursor(moved, edit, false), offset),
      );
    return { block: block.id, start: at(cursor.start), end: at(cursor.end) };
  }

  /** Undefined in a block that the others do not have. */
  confirmed({ block, start, end }: TextCursor): Cursor | undefined {
    const edits = this.pendingEdits(block).reverse();
    const at = (offset: number) => edits.reduce(positionBefore, offset);
    return this.replica.confirmed.blocks.has(block)
      ? { block, start: at(start), end: at(end), revision: this.replica.position.revision }
      : undefined;
  }

  private place(cursor: Cursor, owner: Author): Cursor | undefined {
    return cursor.revision < Math.min(this.since, this.replica.position.revision)
      ? undefined
      : this.recent.reduce((moved, entry) => after(moved, entry, owner), cursor);
  }

  private move(moved: (cursor: Cursor, owner: Author) => Cursor | undefined): void {
    this.placed = this.placed.map(({ owner, cursor }) => ({ owner, cursor: cursor && moved(cursor, owner) }));
  }

  private pendingEdits(block: string): TextEdit[] {
    return this.replica.pending
      .flatMap(({ effects }): readonly Effect[] => effects)
      .flatMap(({ editText }) => (editText?.block === block && editText.edit ? [editText.edit] : []));
  }
}

function after(cursor: Cursor, { revision, author, effects }: Entry, owner: Author): Cursor {
  if (cursor.revision >= revision) {
    return cursor;
  }
  let { block, start, end } = cursor;
  const isOwn = author !== undefined && isSame(author, owner);
  for (const { editText, retarget } of effects) {
    if (editText?.edit && editText.block === block) {
      start = transformCursor(start, editText.edit, isOwn);
      end = transformCursor(end, editText.edit, isOwn);
    } else if (retarget?.block === block) {
      block = retarget.into;
      start += retarget.at;
      end += retarget.at;
    }
  }
  return { block, start, end, revision };
}

/** Where a position after the edit was before it. */
function positionBefore(position: number, { spans, inserts }: TextEdit): number {
  let before = 0;
  let now = 0;
  let insert = 0;
  for (const span of spans) {
    if (span < 0) {
      before -= span;
      continue;
    }
    const length = span || lengthOf(inserts[insert++] ?? '');
    if (position <= now + length) {
      return span > 0 ? before + position - now : before;
    }
    now += length;
    before += span;
  }
  return before + position - now;
}
