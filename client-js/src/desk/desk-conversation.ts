import type { ConversationHandle, Sending } from '../conversation-handle.ts';
import { rankBetween, rankOf } from '../conversation/rank.ts';
import type { Block } from '../conversation/state.ts';
import { ParleyError } from '../errors.ts';
import { lengthOf } from '../ot/text.ts';
import type { Anchor, Author, Effect, Operation } from '../wire/wire.ts';

/** Where to put something in a list: behind one of its members, before one, or between two. Both left out: at the end. */
export interface Place {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** A change that somebody proposes for a range of a block's text. */
export interface Suggestion {
  readonly id: string;
  /** The block that it would change. */
  readonly target: string;
  readonly author: Author;
  readonly text: string;
  /** Where in the target, in code points. Undefined once it was accepted or dismissed. */
  readonly range: Pick<Anchor, 'start' | 'end'> | undefined;
  /** `stale`: all that it would replace was deleted. */
  readonly state: 'open' | 'stale' | 'accepted' | 'dismissed';
}

/** What staff do in a conversation, beyond what everybody does. */
export class DeskConversation {
  constructor(readonly handle: ConversationHandle) {}

  /** Moves a message, a section or another block among those of its kind. */
  move(blockId: string, place: Place): Sending {
    const isPending = ({ revision, rank }: Block) => revision === 0 && rank === '';
    const others = this.handle.blocks().filter((block) => block.id !== blockId && !isPending(block));
    const rank = rankAt(
      others.map((block) => ({ id: block.id, rank: rankOf(block) })),
      place,
    );
    return this.handle.submit(blockId, [{ move: { block: blockId, rank }, audience: 'VIEW_UNSPECIFIED' }]);
  }

  /** The pinned messages, in the order that agents gave them. */
  pinned(): Block[] {
    return this.handle
      .blocks()
      .filter((block) => pinOf(block) !== '' && !block.erased && block.mergedInto === '')
      .sort((a, b) => (pinOf(a) < pinOf(b) ? -1 : pinOf(a) > pinOf(b) ? 1 : a.revision - b.revision));
  }

  /** Pins a message, or puts a pinned one elsewhere in the list. */
  pin(blockId: string, place: Place = {}): Sending {
    const others = this.pinned().filter(({ id }) => id !== blockId);
    const rank = rankAt(
      others.map((block) => ({ id: block.id, rank: pinOf(block) })),
      place,
    );
    return this.handle.setAttribute(blockId, 'pinned', rank);
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
    const block = this.handle.block(blockId);
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

  private command(id: string, command: Operation): Sending {
    return this.handle.command(id, command);
  }

  private suggestionOf({ id, author, text, attributes }: Block): Suggestion {
    const target = this.endOf(attributes.get('target') ?? '');
    const range = this.handle.block(target)?.anchors.find(({ name }) => name === id);
    const settled = attributes.get('state');
    const state =
      settled === 'accepted' || settled === 'dismissed' ? settled : !range || range.stale ? 'stale' : 'open';
    return { id, target, author, text, range, state };
  }

  /** The block that has the text now that the block had. */
  private endOf(blockId: string): string {
    let id = blockId;
    for (let into = this.handle.block(id)?.mergedInto; into; into = this.handle.block(id)?.mergedInto) {
      id = into;
    }
    return id;
  }
}

function pinOf({ attributes }: Block): string {
  return attributes.get('pinned') ?? '';
}

/** A rank at a place among others, which are in the order of their ranks. */
function rankAt(others: readonly { readonly id: string; readonly rank: string }[], { after, before }: Place): string {
  const at = others.findIndex(({ id }) => id === before);
  const behind = others.findIndex(({ id }) => id === after);
  if ((before !== undefined && at < 0) || (after !== undefined && behind < 0)) {
    throw new ParleyError('UNKNOWN_BLOCK');
  }
  const index = before !== undefined ? at : after !== undefined ? behind + 1 : others.length;
  const low = others[index - 1]?.rank ?? '';
  const high = others[index]?.rank ?? '';
  // Two that were put into one place at once have one rank: there is no place between them, so it goes before both.
  return low !== '' && high !== '' && low >= high ? rankBetween(lowerThan(others, low), low) : rankBetween(low, high);
}

function lowerThan(others: readonly { readonly rank: string }[], rank: string): string {
  return others.reduce((best, other) => (other.rank < rank && other.rank > best ? other.rank : best), '');
}
