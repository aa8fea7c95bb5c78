import { EditError, IDENTITY, apply } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type { Anchor, Author, Attribute, BlockKind, Blocks, Effect, Entry, Position, View } from '../wire/wire.ts';
import type * as wire from '../wire/wire.ts';
import { anchorAfter, byName, withAnchor } from './anchor.ts';
import {
  type Authorship,
  UNTRACKED,
  authorshipAfter,
  authorshipJoined,
  authorshipOf,
  isTracked,
  sameAuthor,
} from './authorship.ts';
import { blockOf } from './effect.ts';
import { inOrder } from './rank.ts';
import { HashSum } from './state-hash.ts';

/** One small text document of a conversation. Who wrote which part, and anchors, are known to staff alone. */
export interface Block extends Authorship {
  readonly id: string;
  readonly kind: BlockKind;
  readonly audience: View;
  readonly author: Author;
  /** Whoever it belongs to besides its author, since blocks of theirs were merged into it. */
  readonly owners: readonly Author[];
  /** Where it stands: the entry that created or revealed it. 0 while that is pending. */
  readonly revision: number;
  /** The last entry that edited its text after that; 0: none. */
  readonly edited: number;
  readonly timeMillis: number;
  /** When an offline author wrote it, by the author's clock; 0: not told. */
  readonly composedAtMillis: number;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Where it was moved to, or empty. */
  readonly rank: string;
  /** The block that has its text now, or empty. */
  readonly mergedInto: string;
  /** Its text is gone for good. */
  readonly erased: boolean;
  /** Sorted by name. */
  readonly anchors: readonly Anchor[];
}

/** Who made an effect, and where in the log. */
export interface Stamp {
  readonly author: Author;
  readonly revision: number;
  readonly timeMillis: number;
  readonly composedAtMillis: number;
  /** Of the assistant, if one made the effect. */
  readonly run: string;
}

/** By whom the gateway writes itself. */
const NOBODY: Author = { subject: '', role: 'SERVICE', name: '' };

export const START: Position = { revision: 0, head: new Uint8Array(0) };

/** An entry that does not fit the state: the log and this replica differ. */
export class DivergedError extends Error {
  override readonly name: string = 'DivergedError';
}

/** An entry that fits, but is about a block that was not read yet. */
export class PartialError extends DivergedError {
  override readonly name = 'PartialError';
}

/** A conversation as it is at a position, through one view. Owned by one replica, which alone changes it. */
export class ConversationState {
  readonly blocks = new Map<string, Block>();
  readonly attributes = new Map<string, string>();
  position = START;
  /** Of the blocks that stand before this revision only some are here; 0: all are. */
  olderThan = 0;
  /** What it sees: a PUBLIC one does not track who wrote which part. */
  view: View = 'STAFF';

  applyEntry(entry: Entry): void {
    const stamp = stampOf(entry);
    for (const effect of entry.effects) {
      const id = blockOf(effect);
      if (effect.retarget) {
        this.merge(effect.retarget, stamp);
      } else if (id !== undefined) {
        this.applyTo(id, effect, stamp);
      } else if (effect.set) {
        applySet(this.attributes, effect.set);
      }
    }
  }

  /** Of a block that was not read yet nothing has to be known. */
  private applyTo(id: string, effect: Effect, stamp: Stamp): void {
    const block = this.blocks.get(id);
    if (block || effect.create || this.olderThan === 0) {
      this.blocks.set(id, applyToBlock(block, effect, stamp, this.view));
    } else if (effect.reveal) {
      this.blocks.set(id, created(id, 'MESSAGE', 'PUBLIC', effect.reveal, stamp, this.view));
    }
  }

  /** Half of a merge cannot be shown. */
  private merge(retarget: wire.EffectRetarget, stamp: Stamp): void {
    const block = this.blocks.get(retarget.block);
    const into = this.blocks.get(retarget.into);
    if (this.olderThan > 0 && (!block || !into)) {
      if (!block && !into) {
        return;
      }
      throw new PartialError('half of a merge');
    }
    const merged = mergedBlocks(block, into, retarget, stamp);
    this.blocks.set(retarget.into, merged.into);
    this.blocks.set(retarget.block, merged.block);
  }

  /** Takes in older blocks, as they are now; those that stand before `olderThan` are still to come. */
  add(blocks: readonly wire.Block[], olderThan: number): void {
    for (const block of blocks) {
      if (!this.blocks.has(block.id)) {
        this.blocks.set(block.id, blockFrom(block));
      }
    }
    this.olderThan = olderThan;
  }

  /** Takes over what a catch-up by blocks says. */
  applyBlocks({ since, position, blocks, attributes, olderThan }: Blocks): void {
    if (since === 0) {
      this.blocks.clear();
      this.olderThan = olderThan;
    }
    for (const block of blocks) {
      this.blocks.set(block.id, blockFrom(block));
    }
    this.attributes.clear();
    for (const { key, value } of attributes) {
      this.attributes.set(key, value);
    }
    this.position = position ?? START;
  }

  clear(): void {
    this.blocks.clear();
    this.attributes.clear();
    this.position = START;
    this.olderThan = 0;
  }

  /** The state by its latest blocks, as a gateway would send it: what `applyBlocks` takes. */
  latest(count: number): Blocks {
    const blocks = [...this.blocks.values()].sort((a, b) => b.revision - a.revision || inOrder(b.id, a.id));
    const kept = blocks.slice(0, count);
    const oldest = kept[kept.length - 1]?.revision ?? 0;
    return {
      since: 0,
      position: this.position,
      blocks: kept.map((block) => ({ ...block, attributes: pairsOf(block.attributes) })),
      attributes: pairsOf(this.attributes),
      olderThan: kept.length < blocks.length ? Math.max(oldest, this.olderThan) : this.olderThan,
    };
  }

  /** The state as one JSON text, the same for equal states in every implementation: what replicas are compared by. */
  canonical(): string {
    const blocks = [...this.blocks.values()].sort((a, b) => inOrder(a.id, b.id)).map(canonicalBlock);
    return `{"attributes":${canonicalAttributes(this.attributes)},"blocks":[${blocks.join(',')}]}`;
  }

  /** The hash that the gateway tells of the latest `count` blocks, 8 bytes. */
  hash(count: number): Uint8Array {
    const latest = [...this.blocks.values()]
      .sort((a, b) => b.revision - a.revision || inOrder(b.id, a.id))
      .slice(0, count);
    const sum = new HashSum();
    for (const block of latest) {
      sum.add(canonicalBlock(block));
    }
    for (const [key, value] of this.attributes) {
      sum.add(`${key}=${value}`);
    }
    return sum.bytes();
  }
}

export function stampOf(entry: Entry): Stamp {
  return { ...entry, author: entry.author ?? NOBODY, run: entry.origin?.run ?? '' };
}

/** The block after an effect that is about it alone. */
export function applyToBlock(block: Block | undefined, effect: Effect, stamp: Stamp, view: View): Block {
  if (effect.create) {
    const { block: id, kind } = effect.create;
    if (block && block.revision > 0) {
      throw new DivergedError(`a second creation of ${id}`);
    }
    return created(id, kind, effect.audience === 'PUBLIC' ? 'PUBLIC' : 'STAFF', effect.create, stamp, view);
  }
  if (!block) {
    throw new DivergedError(`an effect on a block that is not there: ${String(blockOf(effect))}`);
  }
  if (effect.reveal) {
    const { text, attributes } = effect.reveal;
    return {
      ...block,
      ...standing(stamp),
      kind: 'MESSAGE',
      audience: 'PUBLIC',
      owners: [],
      text,
      attributes: mapOf(attributes),
      rank: '',
      anchors: block.anchors.filter(({ run }) => !run),
    };
  }
  if (effect.editText) {
    return edited(block, effect.editText, stamp);
  }
  if (effect.erase) {
    return { ...withoutText(block, stamp), attributes: new Map(), erased: true };
  }
  if (effect.move) {
    return { ...block, rank: effect.move.rank };
  }
  if (effect.placeAnchor) {
    return anchored(block, effect.placeAnchor);
  }
  const attributes = new Map(block.attributes);
  if (effect.set) {
    applySet(attributes, effect.set);
  }
  return { ...block, attributes };
}

function created(
  id: string,
  kind: BlockKind,
  audience: View,
  { text, attributes }: { readonly text: string; readonly attributes: readonly Attribute[] },
  stamp: Stamp,
  view: View,
): Block {
  return {
    ...standing(stamp),
    id,
    kind,
    audience,
    owners: [],
    text,
    attributes: mapOf(attributes),
    rank: '',
    mergedInto: '',
    erased: false,
    anchors: [],
    ...(view === 'STAFF' ? authorshipOf(stamp.author, lengthOf(text)) : UNTRACKED),
  };
}

function edited(block: Block, effect: wire.EffectEditText, { author, revision, run }: Stamp): Block {
  requireText(block);
  const text = editedText(block, effect);
  const edit = effect.edit ?? IDENTITY;
  return {
    ...block,
    text,
    edited: Math.max(block.edited, revision),
    anchors: block.anchors.map((anchor) => anchorAfter(anchor, edit, run)),
    ...authorshipAfter(block, edit, author),
  };
}

function anchored(block: Block, effect: wire.EffectPlaceAnchor): Block {
  if (!effect.removed) {
    requireText(block);
    if (effect.start > effect.end || effect.end > lengthOf(block.text)) {
      throw new DivergedError(`an anchor outside of ${block.id}`);
    }
  }
  return { ...block, anchors: withAnchor(block.anchors, effect) };
}

function withoutText(block: Block, { revision }: Stamp): Block {
  const authorship = isTracked(block) ? { authors: block.authors, authorship: [] } : UNTRACKED;
  return { ...block, text: '', edited: Math.max(block.edited, revision), anchors: [], ...authorship };
}

/** Both blocks after the text of one has moved to the end of the other. */
export function mergedBlocks(
  block: Block | undefined,
  into: Block | undefined,
  { intoLength, at, length }: wire.EffectRetarget,
  stamp: Stamp,
): { readonly block: Block; readonly into: Block } {
  if (!block || !into) {
    throw new DivergedError('a merge of a block that is not there');
  }
  requireText(block);
  requireText(into);
  if (lengthOf(into.text) !== intoLength || lengthOf(block.text) !== length) {
    throw new DivergedError(`a merge that does not fit ${into.id}`);
  }
  const shiftedAnchors = block.anchors.map((anchor) => ({ ...anchor, start: anchor.start + at, end: anchor.end + at }));
  const owners = [block.author, ...block.owners].reduce(
    (all, owner) =>
      sameAuthor(owner, into.author) || all.some((known) => sameAuthor(known, owner)) ? all : [...all, owner],
    into.owners,
  );
  return {
    block: { ...withoutText(block, stamp), mergedInto: into.id },
    into: {
      ...into,
      owners,
      text: into.text + '\n'.repeat(at - intoLength) + block.text,
      edited: Math.max(into.edited, stamp.revision),
      anchors: byName([...into.anchors, ...shiftedAnchors]),
      ...authorshipJoined(into, block, at - intoLength, stamp.author),
    },
  };
}

function requireText({ id, mergedInto, erased }: Block): void {
  if (mergedInto !== '' || erased) {
    throw new DivergedError(`${id} has no text of its own any more`);
  }
}

export function applySet(attributes: Map<string, string>, { key, value, advance }: wire.EffectSet): void {
  if (advance && isLarger(attributes.get(key) ?? '', value)) {
    return;
  }
  if (value === '') {
    attributes.delete(key);
  } else {
    attributes.set(key, value);
  }
}

function editedText(block: Block, { edit, baseLength }: wire.EffectEditText): string {
  if (baseLength !== lengthOf(block.text)) {
    throw new DivergedError(`an edit of another text than that of ${block.id}`);
  }
  try {
    return apply(block.text, edit ?? IDENTITY);
  } catch (error) {
    throw error instanceof EditError
      ? new DivergedError(`an edit that does not fit ${block.id}: ${error.code}`)
      : error;
  }
}

function standing({
  author,
  revision,
  timeMillis,
  composedAtMillis,
}: Stamp): Pick<Block, 'author' | 'revision' | 'edited' | 'timeMillis' | 'composedAtMillis'> {
  return { author, revision, edited: 0, timeMillis, composedAtMillis };
}

function blockFrom(block: wire.Block): Block {
  return { ...block, author: block.author ?? NOBODY, attributes: mapOf(block.attributes) };
}

function pairsOf(attributes: ReadonlyMap<string, string>): Attribute[] {
  return [...attributes].map(([key, value]) => ({ key, value }));
}

function mapOf(attributes: readonly Attribute[]): Map<string, string> {
  return new Map(attributes.map(({ key, value }) => [key, value]));
}

/** Of two decimal numbers without leading zeros; an absent one is smaller. */
export function isLarger(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

/** By hand, since the order of an object's keys is not ours to choose: those that look like numbers come first. */
function canonicalBlock(block: Block): string {
  const before = {
    id: block.id,
    kind: block.kind,
    audience: block.audience,
    author: canonicalAuthor(block.author),
    owners: block.owners.map(canonicalAuthor),
    revision: block.revision,
    edited: block.edited,
    timeMillis: block.timeMillis,
    composedAtMillis: block.composedAtMillis,
    text: block.text,
  };
  const after = {
    rank: block.rank,
    mergedInto: block.mergedInto,
    erased: block.erased,
    anchors: block.anchors.map(({ name, start, end, run, stale, written }) => ({
      name,
      start,
      end,
      run,
      stale,
      written,
    })),
    authors: block.authors.map(canonicalAuthor),
    authorship: block.authorship,
  };
  const attributes = canonicalAttributes(block.attributes);
  return `${JSON.stringify(before).slice(0, -1)},"attributes":${attributes},${JSON.stringify(after).slice(1)}`;
}

function canonicalAuthor({ subject, role, name }: Author): Author {
  return { subject, role, name };
}

function canonicalAttributes(attributes: ReadonlyMap<string, string>): string {
  const members = [...attributes]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}
