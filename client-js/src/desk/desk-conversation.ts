import type { ConversationHandle, Sending } from '../conversation-handle.ts';
import { inOrder } from '../conversation/rank.ts';
import type { Block } from '../conversation/state.ts';
import { ParleyError } from '../errors.ts';
import { textEdit } from '../ot/text-edit.ts';
import { lengthOf } from '../ot/text.ts';
import type { Anchor, Author, Effect, Operation } from '../wire/wire.ts';
import { PeerCursors } from './peer-cursors.ts';
import { type Place, type Placed, placed, rankOfNext, standingOf } from './placement.ts';
import { UndoHistory } from './undo-history.ts';

/** A change that somebody proposes for a range of a block's text. */
export interface Suggestion {
  readonly id: string;
  /** The block that it would change. */
  readonly target: string;
  readonly author: Author;
  readonly text: string;
  /** Where in the target, in code points. Undefined once it was accepted or dismissed. */
  readonly range: Pick<Anchor, 'start' | 'end'> | undefined;
  /** `stale`: what it would replace is gone, so it can only be dismissed. */
  readonly state: 'open' | 'stale' | 'accepted' | 'dismissed';
}

const histories = new WeakMap<ConversationHandle, UndoHistory<Sending>>();

function historyOf(handle: ConversationHandle): UndoHistory<Sending> {
  const known = histories.get(handle);
  const history = known ?? new UndoHistory(handle.replica, (blockId, edit) => handle.edit(blockId, edit));
  histories.set(handle, history);
  return history;
}

/** What staff do in a conversation, beyond what everybody does. */
export class DeskConversation {
  private readonly history: UndoHistory<Sending>;

  /** Undo goes back to where the first of these was made for the conversation. */
  constructor(readonly handle: ConversationHandle) {
    this.history = historyOf(handle);
    handle.showCursors((replica) => new PeerCursors(replica));
  }

  /** Takes back what the user typed last in a block, if anything is left of it. Never takes what others wrote. */
  undo(blockId: string): Sending | undefined {
    return this.history.undo(this.current(blockId));
  }

  redo(blockId: string): Sending | undefined {
    return this.history.redo(this.current(blockId));
  }

  canUndo(blockId: string): boolean {
    return this.history.canUndo(this.current(blockId));
  }

  canRedo(blockId: string): boolean {
    return this.history.canRedo(this.current(blockId));
  }

  /** Puts a text, such as a template, in the place of a range of a block; it is taken back as a whole. In code points. */
  insert(blockId: string, text: string, start: number, end = start): Sending {
    const edit = textEdit(start, text, start - end);
    return this.history.apart(() => this.handle.edit(this.current(blockId), edit));
  }

  /** Messages and notes as they stand between each other. */
  timeline(): Block[] {
    return this.handle.standing('MESSAGE', 'NOTE');
  }

  /** The parts of an article. */
  sections(): Block[] {
    return this.handle.standing('SECTION').filter(({ erased }) => !erased);
  }

  /** Moves a message, a section or another block among those of its kind; messages and notes stand in one list. */
  move(blockId: string, place: Place): Sending {
    const kind = this.handle.block(blockId)?.kind ?? 'BLOCK_KIND_UNSPECIFIED';
    const isInTimeline = kind === 'MESSAGE' || kind === 'NOTE';
    const list = standingOf(isInTimeline ? this.timeline() : this.handle.standing(kind));
    const ranks = this.placedIn(list, blockId, place, rankOfNext(this.handle.revision));
    return this.handle.submit(
      blockId,
      ranks.map(({ id, rank }) => ({ move: { block: id, rank }, audience: 'VIEW_UNSPECIFIED' })),
    );
  }

  /** The pinned messages, in the order that agents gave them. */
  pinned(): Block[] {
    return this.handle
      .blocks('MESSAGE')
      .filter((block) => pinOf(block) !== '' && block.mergedInto === '' && !block.erased)
      .sort((a, b) => inOrder(pinOf(a), pinOf(b)) || a.revision - b.revision || inOrder(a.id, b.id));
  }

  /** Pins a message, or puts a pinned one elsewhere in the list. */
  pin(blockId: string, place: Place = {}): Sending {
    const list = this.pinned().map((block) => ({ id: block.id, rank: pinOf(block) }));
    const ranks = this.placedIn(list, blockId, place);
    return this.handle.submit(
      blockId,
      ranks.map(({ id, rank }) => ({
        set: { target: id, key: 'pinned', value: rank, advance: false },
        audience: 'VIEW_UNSPECIFIED',
      })),
    );
  }

  unpin(blockId: string): Sending {
    return this.handle.setAttribute(blockId, 'pinned', '');
  }

  /** Tags a block, or with an empty id the conversation. */
  tag(blockId: string, tag: string, isSet = true): Sending {
    return this.handle.setAttribute(blockId, `tag/${tag}`, isSet ? '1' : '');
  }

  /** Gives the conversation to an agent, by subject; an empty one leaves it to anybody. */
  assign(subject: string): Sending {
    return this.handle.setAttribute('', 'assignee', subject);
  }

  setTitle(title: string): Sending {
    return this.handle.setAttribute('', 'title', title);
  }

  /** Makes a draft a message for everyone. `answers`: the revision that it answers, for an assistant. */
  publish(draftId: string, answers = 0): Sending {
    return this.command(draftId, { publishDraft: { block: draftId, answers } });
  }

  /** Appends the text of a message to another one. What is being written in either goes on in that one. */
  merge(blockId: string, into: string): Sending {
    return this.command(blockId, { mergeBlocks: { block: blockId, into } });
  }

  /** Ends the assistant's writing in a draft: not a word of it arrives after this. */
  takeOver(draftId: string): Sending {
    return this.command(draftId, { takeOver: { block: draftId } });
  }

  /** Whether the assistant is writing in the draft. */
  isRunning(draftId: string): boolean {
    return this.handle.block(draftId)?.anchors.some(({ run }) => run) ?? false;
  }

  /** Proposes another text for a range of a block, in code points. */
  suggest(blockId: string, { start, end }: Pick<Anchor, 'start' | 'end'>, text: string): Sending {
    const block = this.handle.replica.block(blockId);
    if (!block) {
      throw new ParleyError('UNKNOWN_BLOCK');
    }
    if (start < 0 || start > end || end > lengthOf(block.text)) {
      throw new ParleyError('OUT_OF_RANGE');
    }
    const id = this.handle.nextBlockId();
    const attributes = [{ key: 'target', value: blockId }];
    const effects: Effect[] = [
      { create: { block: id, kind: 'SUGGESTION', text, attributes }, audience: 'STAFF' },
      {
        placeAnchor: { block: blockId, name: id, start, end, run: false, removed: false },
        audience: 'VIEW_UNSPECIFIED',
      },
    ];
    return this.handle.submit(id, effects);
  }

  /** What is proposed, for one block or for all. */
  suggestions(target?: string): Suggestion[] {
    return this.handle
      .blocks('SUGGESTION')
      .map((block) => this.suggestionOf(block))
      .filter((suggestion) => target === undefined || suggestion.target === target);
  }

  /** Writes what was proposed, in one's own name. */
  accept(suggestionId: string): Sending {
    return this.command(suggestionId, { acceptSuggestion: { block: suggestionId } });
  }

  dismiss(suggestionId: string): Sending {
    return this.command(suggestionId, { dismissSuggestion: { block: suggestionId } });
  }

  closeConversation(): Sending {
    return this.command('', { closeConversation: {} });
  }

  reopenConversation(): Sending {
    return this.command('', { reopenConversation: {} });
  }

  /** Removes the text of a block for good, from every screen and from the log. */
  redact(blockId: string): Sending {
    return this.command(blockId, { redact: { block: blockId } });
  }

  /** Makes the conversation another visitor's: an anonymous one became known. */
  link(visitor: string, name: string): Sending {
    return this.command('', { link: { visitor, name } });
  }

  private current(blockId: string): string {
    return this.handle.currentBlock(blockId)?.id ?? blockId;
  }

  private command(id: string, command: Operation): Sending {
    return this.handle.command(id, command);
  }

  private suggestionOf({ id, author, text, attributes }: Block): Suggestion {
    const told = attributes.get('target') ?? '';
    const target = this.handle.currentBlock(told);
    const range = target?.anchors.find(({ name }) => name === id);
    const settled = attributes.get('state');
    const isStale = !range || range.stale || target?.attributes.has('recalled') === true;
    const state = settled === 'accepted' || settled === 'dismissed' ? settled : isStale ? 'stale' : 'open';
    return { id, target: target?.id ?? told, author, text, range, state };
  }

  private placedIn(list: readonly Placed[], id: string, place: Place, end = ''): readonly Placed[] {
    for (const other of [id, place.before, place.after]) {
      if (other !== undefined && !this.handle.replica.block(other)) {
        throw new ParleyError('UNKNOWN_BLOCK');
      }
    }
    return placed(list, id, place, end);
  }
}

function pinOf({ attributes }: Block): string {
  return attributes.get('pinned') ?? '';
}
