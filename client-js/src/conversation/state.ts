import { EditError, apply } from '../ot/text-edit.ts';
import type { Author, Attribute, BlockKind, Blocks, Effect, Entry, Position, View } from '../wire/wire.ts';
import type * as wire from '../wire/wire.ts';
import { blockOf } from './effect.ts';

/** One small text document of a conversation. */
export interface Block {
  readonly id: string;
  readonly kind: BlockKind;
  readonly audience: View;
  readonly author: Author;
  /** Where it stands: the entry that created or revealed it. 0 while that is pending. */
  readonly revision: number;
  /** The last entry that edited its text after that; 0: none. */
  readonly edited: number;
  readonly timeMillis: number;
  /** When an offline author wrote it, by the author's clock; 0: not told. */
  readonly composedAtMillis: number;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Who made an effect, and where in the log. */
export interface Stamp {
  readonly author: Author;
  readonly revision: number;
  readonly timeMillis: number;
  readonly composedAtMillis: number;
}

/** By whom the gateway writes itself. */
const NOBODY: Author = { subject: '', role: 'SERVICE', name: '' };

export const START: Position = { revision: 0, head: new Uint8Array(0) };

/** An entry that does not fit the state: the log and this replica differ. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** A conversation as it is at a position, through one view. Owned by one replica, which alone changes it. */
export class ConversationState {
  readonly blocks = new Map<string, Block>();
  readonly attributes = new Map<string, string>();
  position = START;

  applyEntry(entry: Entry): void {
    const stamp = stampOf(entry);
    for (const effect of entry.effects) {
      const id = blockOf(effect);
      if (id !== undefined) {
        this.blocks.set(id, applyToBlock(this.blocks.get(id), effect, stamp));
      } else if (effect.set) {
        applySet(this.attributes, effect.set);
      }
    }
  }

  /** Takes over what a catch-up by blocks says. */
  applyBlocks({ since, position, blocks, attributes }: Blocks): void {
    if (since === 0) {
      this.blocks.clear();
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

  /** The state as one JSON text, the same for equal states in every implementation: what replicas are compared by. */
  canonical(): string {
    const blocks = [...this.blocks.values()].sort((a, b) => compare(a.id, b.id)).map(canonicalBlock);
    return `{"attributes":${canonicalAttributes(this.attributes)},"blocks":[${blocks.join(',')}]}`;
  }
}

export function stampOf(entry: Entry): Stamp {
  return { ...entry, author: entry.author ?? NOBODY };
}

/** The block after an effect that is about it. */
export function applyToBlock(block: Block | undefined, effect: Effect, stamp: Stamp): Block {
  if (effect.create) {
    const { block: id, kind, text, attributes } = effect.create;
    const audience = effect.audience === 'PUBLIC' ? 'PUBLIC' : 'STAFF';
    return { ...standing(stamp), id, kind, audience, text, attributes: mapOf(attributes) };
  }
  if (!block) {
    throw new DivergedError(`an effect on a block that is not there: ${String(blockOf(effect))}`);
  }
  if (effect.reveal) {
    const { text, attributes } = effect.reveal;
    const revealed = { text, attributes: mapOf(attributes) };
    return { ...standing(stamp), id: block.id, kind: 'MESSAGE', audience: 'PUBLIC', ...revealed };
  }
  if (effect.editText) {
    return { ...block, text: editedText(block, effect.editText), edited: Math.max(block.edited, stamp.revision) };
  }
  const attributes = new Map(block.attributes);
  if (effect.set) {
    applySet(attributes, effect.set);
  }
  return { ...block, attributes };
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

function editedText(block: Block, { edit }: wire.EffectEditText): string {
  try {
    return apply(block.text, edit ?? { spans: [], inserts: [] });
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
}: Stamp): Omit<Block, 'id' | 'kind' | 'audience' | 'text' | 'attributes'> {
  return { author, revision, edited: 0, timeMillis, composedAtMillis };
}

function blockFrom(block: wire.Block): Block {
  return { ...block, author: block.author ?? NOBODY, attributes: mapOf(block.attributes) };
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
  const { subject, role, name } = block.author;
  const fields = {
    id: block.id,
    kind: block.kind,
    audience: block.audience,
    author: { subject, role, name },
    revision: block.revision,
    edited: block.edited,
    timeMillis: block.timeMillis,
    composedAtMillis: block.composedAtMillis,
    text: block.text,
  };
  return `${JSON.stringify(fields).slice(0, -1)},"attributes":${canonicalAttributes(block.attributes)}}`;
}

function canonicalAttributes(attributes: ReadonlyMap<string, string>): string {
  const members = [...attributes]
    .sort(([a], [b]) => compare(a, b))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
