import { hex } from './bytes.ts';
import type { ConversationLink } from './conversation-link.ts';
import { editTextEffect } from './conversation/effect.ts';
import type { Settled, Unsent } from './conversation/pending.ts';
import { inDisplayOrder } from './conversation/rank.ts';
import type { Change, Outcome, Replica } from './conversation/replica.ts';
import { type Block, DivergedError } from './conversation/state.ts';
import { ParleyError } from './errors.ts';
import { Events } from './events.ts';
import { diff } from './ot/diff.ts';
import { type TextEdit, growth, isCanonical, isIdentity } from './ot/text-edit.ts';
import { isWellFormed, lengthOf } from './ot/text.ts';
import type { Activity, Cursors, Peer } from './presence/conversation-presence.ts';
import type { BlockKind, Effect, Limits, Operation, View } from './wire/wire.ts';

/**
 * How far a message of one's own has come: `saving` on its way to the outbox, `saved` in it, `sent` in the conversation,
 * `delivered` to some replica of the other side, `read` there.
 */
export type MessageStatus = 'saving' | 'saved' | 'sent' | 'delivered' | 'read';

export interface Message extends Block {
  /** The user's, or in part since a merge. */
  readonly isOwn: boolean;
  /** Undefined for what others wrote. */
  readonly status: MessageStatus | undefined;
}

/** A change on its way. */
export interface Sending {
  /** Of the block that was created or changed. */
  readonly id: string;
  /** The outbox has it: it survives the page, and goes out when there is a connection. */
  readonly saved: Promise<void>;
  /** It is in the conversation. Rejected with a ParleyError if it never will be. */
  readonly sent: Promise<void>;
}

export interface NewBlock {
  readonly kind?: BlockKind;
  /** PUBLIC for messages, STAFF for all else, unless told. */
  readonly audience?: View;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ConversationEvents {
  /** One block, or the attributes of the conversation, is displayed differently; editors take the edit. */
  change: Change;
  /** Something changed since the last one: draw again. */
  update: undefined;
  /** Something the user wrote will not be in the conversation, and is kept until it is dismissed. */
  unsent: Unsent;
  /** Who else looks at the conversation, or what they do there. Cursors are displayed elsewhere after an `update`, too. */
  peers: undefined;
  error: ParleyError;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: ParleyError) => void;
}

const TIMELINE: readonly BlockKind[] = ['MESSAGE', 'NOTE'];

/** One conversation, as the application sees it. */
export class ConversationHandle {
  private readonly events = new Events<ConversationEvents>();
  private readonly waiters = new Map<string, Waiter[]>();
  private isUpdateDue = false;

  constructor(
    private readonly link: ConversationLink,
    /** What other pages of this browser left, on its way under their name. */
    private readonly adopted: Map<string, Block>,
    private readonly limits: () => Limits | undefined,
    private readonly closing: () => void,
  ) {}

  /** Listens until the returned function is called or the signal is aborted. */
  readonly on = this.events.on.bind(this.events);

  /** The conversation's id; empty until the gateway told it. */
  get id(): string {
    return this.link.conversation;
  }

  /** Whether the gateway is sending what happens here. */
  get isOpen(): boolean {
    return this.link.state === 'open';
  }

  /** How much of the log is displayed. */
  get revision(): number {
    return this.link.replica.position.revision;
  }

  block(id: string): Block | undefined {
    return this.link.replica.block(id) ?? this.adopted.get(id);
  }

  /**
   * Whether it can be changed from here, as far as the page can tell: what another page of this browser wrote is displayed at
   * once, and can be changed when it is in the conversation.
   */
  isChangeable(blockId: string): boolean {
    const block = this.link.replica.block(blockId);
    return block?.mergedInto === '' && !block.erased;
  }

  /** The block that has the text of this one now, after merges: the same one where there was none. */
  currentBlock(id: string): Block | undefined {
    const block = this.block(id);
    return block?.mergedInto ? this.currentBlock(block.mergedInto) : block;
  }

  /** Where they were moved to, or as they came; pending ones last. Also those that were merged away or erased. */
  blocks(kind?: BlockKind): Block[] {
    const { replica } = this.link;
    const adopted = [...this.adopted.values()].filter(({ id }) => !replica.block(id));
    return [...replica.blocks(), ...adopted]
      .filter((block) => kind === undefined || block.kind === kind)
      .sort(inDisplayOrder);
  }

  /** In the order of display, without those whose text went into another one. */
  messages(): Message[] {
    return this.standing('MESSAGE').map((block) => this.messageOf(block));
  }

  /** How many messages of the other side stand behind one's own read marker. */
  unread(): number {
    return this.unreadMessages().length;
  }

  /** Those messages, in the order of display. */
  unreadMessages(): Message[] {
    const { self } = this.link.replica;
    const read = Number(this.attributes().get(`read/${self.subject}`) ?? 0);
    return this.messages().filter(
      ({ revision, author, erased, attributes }) =>
        revision > read &&
        (author.role === 'VISITOR') !== (self.role === 'VISITOR') &&
        !erased &&
        !attributes.has('recalled'),
    );
  }

  drafts(): Block[] {
    return this.standing('DRAFT');
  }

  notes(): Block[] {
    return this.standing('NOTE');
  }

  /** Whether there are older messages than those that are here. */
  get hasOlder(): boolean {
    return this.link.replica.confirmed.olderThan > 0;
  }

  /** Loads more of them; resolves when they are here. */
  loadOlder(): Promise<void> {
    return this.link.loadOlder();
  }

  attributes(): ReadonlyMap<string, string> {
    return this.link.replica.attributes();
  }

  /** Who else looks at the conversation, and what they do there; known after the first `signal`. */
  peers(): Peer[] {
    return this.link.presence.peers();
  }

  /**
   * The user looks at the conversation, and types or has the caret somewhere. Call it at each key stroke and move of the
   * caret: what is not said again ends by itself.
   */
  signal(activity: Activity = {}): void {
    this.link.presence.signal(activity);
  }

  /** The user looks at it no more, as when the page is hidden. */
  away(): void {
    this.link.presence.away();
  }

  /** What was written and did not get into the conversation. */
  unsent(): readonly Unsent[] {
    return this.link.unsent;
  }

  dismiss(unsentId: string): void {
    this.link.dismiss(unsentId);
  }

  /** Writes a message, or another kind of block. */
  send(text: string, options: Omit<NewBlock, 'text'> = {}): Sending {
    return this.createBlock({ ...options, text });
  }

  createBlock({ kind = 'MESSAGE', audience, text = '', attributes = {} }: NewBlock): Sending {
    this.requireSize(text, lengthOf(text));
    const block = this.link.nextBlockId();
    const pairs = Object.entries(attributes).map(([key, value]) => ({ key, value }));
    const effect = {
      create: { block, kind, text, attributes: pairs.sort((a, b) => (a.key < b.key ? -1 : 1)) },
      audience: audience ?? (kind === 'MESSAGE' || kind === 'TOPIC' ? ('PUBLIC' as const) : ('STAFF' as const)),
    };
    return this.submit(block, [effect]);
  }

  /** Edits what is displayed of a block. */
  edit(blockId: string, edit: TextEdit): Sending {
    const block = this.requireText(blockId);
    if (!isCanonical(edit)) {
      throw new ParleyError('NOT_CANONICAL');
    }
    const length = lengthOf(block.text);
    this.requireSize('', length + growth(edit));
    return this.submit(blockId, [editTextEffect(blockId, length, edit)]);
  }

  /** Makes the text of a block this one; undefined if it is already. `caret`: where the writer stands in it, in UTF-16. */
  setText(blockId: string, text: string, caret?: number): Sending | undefined {
    this.requireSize(text, lengthOf(text));
    const edit = diff(this.requireText(blockId).text, text, caret);
    return isIdentity(edit) ? undefined : this.edit(blockId, edit);
  }

  /** Sets an attribute of a block, or with an empty id of the conversation; an empty value removes it. */
  setAttribute(blockId: string, key: string, value: string): Sending {
    if (blockId !== '') {
      this.requireBlock(blockId);
    }
    return this.submit(blockId, [
      { set: { target: blockId, key, value, advance: false }, audience: 'VIEW_UNSPECIFIED' },
    ]);
  }

  /** Takes a message back from the screens, or shows it again. */
  recall(blockId: string, isRecalled = true): Sending {
    return this.setAttribute(blockId, 'recalled', isRecalled ? '1' : '');
  }

  /** Sets one's own reaction to a message, or takes it away. */
  react(blockId: string, emoji: string, isSet = true): Sending {
    return this.setAttribute(blockId, `reaction/${emoji}/${this.link.replica.self.subject}`, isSet ? '1' : '');
  }

  /** Moves one's own marker (`read`) forward; undefined if it is there already. */
  advance(key: 'read', revision = this.revision): Sending | undefined {
    const marker = `${key}/${this.link.replica.self.subject}`;
    if (revision <= Number(this.attributes().get(marker) ?? 0)) {
      return undefined;
    }
    const set = { target: '', key: marker, value: String(revision), advance: true };
    return this.submit('', [{ set, audience: 'VIEW_UNSPECIFIED' }]);
  }

  /** Stops following the conversation, once what is pending is sent. */
  close(): void {
    this.closing();
  }

  /** @internal */
  get replica(): Replica {
    return this.link.replica;
  }

  /** @internal The id of the next block to be created here. */
  nextBlockId(): string {
    return this.link.nextBlockId();
  }

  /** @internal Makes changes, all or none of which will be in the conversation, and shows them at once. */
  submit(id: string, effects: readonly Effect[]): Sending {
    try {
      const { contentId, saved } = this.link.submit(effects);
      return { id, saved, sent: this.answerOf(contentId) };
    } catch (error) {
      throw error instanceof DivergedError ? new ParleyError('OUT_OF_RANGE') : error;
    }
  }

  /** @internal Asks for what the gateway decides when it gets to it; it shows when it is in the conversation. */
  command(id: string, command: Operation): Sending {
    if (id !== '') {
      this.requireBlock(id);
    }
    const { contentId, saved } = this.link.command(command);
    return { id, saved, sent: this.answerOf(contentId) };
  }

  /** @internal Those that were not merged away; messages and notes from where they were loaded. */
  standing(...kinds: readonly BlockKind[]): Block[] {
    const { olderThan } = this.link.replica.confirmed;
    return this.blocks().filter(({ kind, mergedInto, revision }) => {
      const isLoaded = revision === 0 || revision >= olderThan || !TIMELINE.includes(kind);
      return kinds.includes(kind) && mergedInto === '' && isLoaded;
    });
  }

  /** @internal Something happened below. */
  updated({ changes, unsent, settled }: Outcome): void {
    settled.forEach((each) => {
      this.settle(each);
    });
    changes.forEach((change) => {
      this.events.emit('change', change);
    });
    unsent.forEach((each) => {
      this.events.emit('unsent', each);
    });
    if (!this.isUpdateDue) {
      this.isUpdateDue = true;
      queueMicrotask(() => {
        this.isUpdateDue = false;
        this.events.emit('update', undefined);
      });
    }
  }

  /** @internal Shows the cursors of others, from now on. */
  showCursors(cursorsOf: (replica: Replica) => Cursors): void {
    this.link.presence.cursors ??= cursorsOf(this.link.replica);
  }

  /** @internal */
  peersChanged(): void {
    this.events.emit('peers', undefined);
  }

  /** @internal */
  failed(error: ParleyError): void {
    this.events.emit('error', error);
  }

  /** @internal Nobody will answer any more. */
  abandoned(): void {
    const waiters = [...this.waiters.values()].flat();
    this.waiters.clear();
    waiters.forEach(({ reject }) => {
      reject(new ParleyError('CLOSED'));
    });
  }

  private answerOf(contentId: Uint8Array): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      const key = hex(contentId);
      this.waiters.set(key, [...(this.waiters.get(key) ?? []), { resolve, reject }]);
    });
    // Nobody has to look at it: what is rejected is among the unsent anyway.
    sent.catch(noop);
    return sent;
  }

  private settle({ contentId, code }: Settled): void {
    const key = hex(contentId);
    for (const { resolve, reject } of this.waiters.get(key) ?? []) {
      if (code === undefined) {
        resolve();
      } else {
        reject(new ParleyError(code));
      }
    }
    this.waiters.delete(key);
  }

  private messageOf(block: Block): Message {
    const { self } = this.link.replica;
    const isOwn = [block.author, ...block.owners].some(
      ({ subject, role }) => role === self.role && (subject === self.subject || role === 'VISITOR'),
    );
    return { ...block, isOwn, status: isOwn ? this.statusOf(block) : undefined };
  }

  private statusOf({ id, revision }: Block): MessageStatus {
    if (revision === 0) {
      const creator = this.link.replica.pending.find(({ effects }) =>
        effects.some(({ create }) => create?.block === id),
      );
      return !creator || this.link.isSaved(creator.contentId) ? 'saved' : 'saving';
    }
    const { delivered, replica } = this.link;
    const isVisitor = replica.self.role === 'VISITOR';
    if (this.readByOthers() >= revision) {
      return 'read';
    }
    return (isVisitor ? delivered.visitorToStaff : delivered.staffToVisitor) >= revision ? 'delivered' : 'sent';
  }

  /** How far the other side has read: for a visitor any of the staff, for staff the visitor. */
  private readByOthers(): number {
    const { self } = this.link.replica;
    const attributes = this.attributes();
    const visitor = `read/${attributes.get('visitor') ?? ''}`;
    return [...attributes].reduce((revision, [key, value]) => {
      const isOther = self.role === 'VISITOR' ? key !== `read/${self.subject}` : key === visitor;
      return key.startsWith('read/') && isOther ? Math.max(revision, Number(value)) : revision;
    }, 0);
  }

  /** A block that can be edited. */
  private requireText(id: string): Block {
    const block = this.requireBlock(id);
    if (block.mergedInto !== '' || block.erased) {
      throw new ParleyError(block.erased ? 'BLOCK_ERASED' : 'BLOCK_MERGED');
    }
    return block;
  }

  private requireBlock(id: string): Block {
    const block = this.link.replica.block(id);
    if (!block) {
      throw new ParleyError('UNKNOWN_BLOCK');
    }
    return block;
  }

  private requireSize(text: string, length: number): void {
    if (!isWellFormed(text)) {
      throw new ParleyError('ILL_FORMED_TEXT');
    }
    if (length > (this.limits()?.textLengthMax ?? Infinity)) {
      throw new ParleyError('TOO_LARGE');
    }
  }
}

function noop(): void {
  return;
}
