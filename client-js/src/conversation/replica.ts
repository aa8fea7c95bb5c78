import { sameBytes } from '../bytes.ts';
import { diff, shortestEdit } from '../ot/diff.ts';
import { IDENTITY, type TextEdit, apply, compose, textEdit } from '../ot/text-edit.ts';
import { indexAfter, lengthOf } from '../ot/text.ts';
import type {
  Accepted,
  Author,
  Blocks,
  Effect,
  Entries,
  Entry,
  Init,
  Operation,
  Position,
  RejectCode,
  View,
} from '../wire/wire.ts';
import type * as wire from '../wire/wire.ts';
import { blockOf, blocksOf, editTextEffect } from './effect.ts';
import * as queue from './pending.ts';
import type { Pending, Settled, Unsent, UnsentCode } from './pending.ts';
import { type Block, ConversationState, DivergedError, START, type Stamp, applySet, applyToBlock } from './state.ts';
import { cross } from './transform.ts';

/** Something that is displayed is different now. */
export interface Change {
  /** The block; empty for the attributes of the conversation. */
  readonly blockId: string;
  /** `edited`: its text, by `edit`. `altered`: anything but its text. `merged`: its text is in the block `into` now. */
  readonly kind: 'appeared' | 'edited' | 'altered' | 'merged' | 'vanished';
  /** From the text that was displayed to the one that is, of `into` if there is one. */
  readonly edit?: TextEdit | undefined;
  readonly into?: string | undefined;
  readonly origin: 'local' | 'remote';
}

/** What came of one step. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly unsent: readonly Unsent[];
  readonly settled: readonly Settled[];
  /** The log and this replica differ from here on: it has to be loaded anew. */
  readonly diverged?: DivergedError | undefined;
  /** The replica was compared with the log, and is the same. */
  readonly isVerified?: boolean | undefined;
}

/** What a change of state does: to what is displayed, and to what is pending. */
interface Shown {
  readonly shown?: readonly Effect[];
  readonly unsent?: readonly Unsent[];
  readonly settled?: readonly Settled[];
  /** By others, on the confirmed state; undefined: not known. */
  readonly effects?: readonly Effect[];
}

/** Who follows the own edits and what becomes of them, step by step. */
export interface EditObserver {
  /** Whether a change that is about to be made stands by itself: it is not composed into what is pending. */
  begins(effects: readonly Effect[], nowMillis: number): boolean;
  /** An own edit of a displayed text was made. */
  edited(blockId: string, before: string, edit: TextEdit, contentId: Uint8Array): void;
  /**
   * Something else happened. `effects`: what others did to the confirmed state, undefined if that is not known; `shown`: the
   * same as it is displayed.
   */
  stepped(effects: readonly Effect[] | undefined, shown: readonly Effect[], settled: readonly Settled[]): void;
}

/** What a replica begins with. */
export interface ReplicaSeed {
  readonly outbox: string;
  readonly self: Author;
  readonly answeredSeq?: number;
  readonly position?: Position;
  readonly pending?: readonly Pending[];
  /** Without state nothing is displayed: pending work is carried over from one position to another, and sent. */
  readonly headless?: boolean;
}

/**
 * A client's copy of a conversation: the confirmed state, and the submissions of one outbox that wait for their answer,
 * rebased on it. It does no I/O; its owner carries submissions and answers.
 *
 *     confirmed --entry--> confirmed'       own entry: the first pending submission has become part of confirmed
 *         |                    |
 *      pending   crossed    pending'        anybody else's: it moves past the pending ones, and they past it
 *         |                    |
 *     displayed -entry'--> displayed'
 */
export class Replica {
  self: Author;
  observer: EditObserver | undefined;
  readonly confirmed = new ConversationState();
  private readonly headless: boolean;
  private waiting: readonly Pending[];
  private outboxId: string;
  private lastAnsweredSeq: number;
  /** Of a submission that is inside of the blocks to come: what is pending was made on it. */
  private acceptedUnseen: readonly Effect[] = [];
  private readonly displayed = new Map<string, Block | undefined>();

  constructor({ outbox, self, answeredSeq = 0, position = START, pending = [], headless = false }: ReplicaSeed) {
    this.outboxId = outbox;
    this.self = self;
    this.lastAnsweredSeq = answeredSeq;
    this.confirmed.position = position;
    this.waiting = pending;
    this.headless = headless;
  }

  get outbox(): string {
    return this.outboxId;
  }

  get position(): Position {
    return this.confirmed.position;
  }

  get answeredSeq(): number {
    return this.lastAnsweredSeq;
  }

  /** In the order they were made; only the first may have been sent. */
  get pending(): readonly Pending[] {
    return this.waiting;
  }

  /** A block as it is displayed, with what is pending. */
  block(id: string): Block | undefined {
    if (!this.displayed.has(id)) {
      this.displayed.set(id, this.withPending(id));
    }
    return this.displayed.get(id);
  }

  /** All blocks as they are displayed: confirmed ones, then pending ones in the order they were made. */
  blocks(): Block[] {
    const ids = new Set([...this.confirmed.blocks.keys(), ...queue.createdBlocks(this.waiting)]);
    return [...ids].flatMap((id) => this.block(id) ?? []);
  }

  /** The attributes of the conversation, with what is pending. */
  attributes(): ReadonlyMap<string, string> {
    const attributes = new Map(this.confirmed.attributes);
    for (const { set } of this.waiting.flatMap(({ effects }) => effects)) {
      if (set?.target === '') {
        applySet(attributes, set);
      }
    }
    return attributes;
  }

  /** The outbox that pending work will go to. Only while nothing is pending. */
  use(outbox: string, answeredSeq: number): void {
    this.outboxId = outbox;
    this.lastAnsweredSeq = answeredSeq;
  }

  /** Makes a change, shows it, and queues it. Throws a DivergedError, and changes nothing, if it does not fit. */
  submit(effects: readonly Effect[], contentId: Uint8Array, composedAtMillis: number): Outcome {
    const displayed = new Map<string, Block | undefined>();
    const stamp = this.stamp(composedAtMillis);
    for (const effect of effects) {
      const id = blockOf(effect);
      if (id !== undefined) {
        displayed.set(id, applyToBlock(displayed.get(id) ?? this.block(id), effect, stamp, this.confirmed.view));
      }
    }
    const isApart = this.observer?.begins(effects, composedAtMillis) ?? false;
    const composed = isApart ? undefined : queue.composed(this.waiting[this.waiting.length - 1], effects);
    const grown = composed ?? queue.extended(this.waiting, effects);
    const seq = this.lastAnsweredSeq + 1 + this.waiting.length;
    const queued = grown ?? { seq, contentId, effects, sends: 0, composedAtMillis };
    const before = effects.map((effect) => this.block(blockOf(effect) ?? '')?.text ?? '');
    const outcome = this.step('local', [...displayed.keys(), ''], () => {
      this.waiting = [...(grown ? this.waiting.slice(0, -1) : this.waiting), queued];
      return { shown: effects };
    });
    effects.forEach(({ editText }, i) => {
      if (editText?.edit) {
        this.observer?.edited(editText.block, before[i] ?? '', editText.edit, queued.contentId);
      }
    });
    return outcome;
  }

  /** Shows nothing any more. What is pending stays in the outbox. */
  forget(): Outcome {
    const ids = this.blocks().map(({ id }) => id);
    return this.step('remote', [...ids, ''], () => {
      this.waiting = [];
      this.confirmed.clear();
      return {};
    });
  }

  /** Queues a command: it shows when its entry arrives. */
  command(command: Operation, contentId: Uint8Array, composedAtMillis: number): void {
    const seq = this.lastAnsweredSeq + 1 + this.waiting.length;
    this.waiting = [...this.waiting, { seq, contentId, effects: [], command, sends: 0, composedAtMillis }];
  }

  /** What is sent of a submission that is the first. */
  operations(first: Pending): readonly Init<Operation>[] {
    return queue.operations(first, this.self, (block) => lengthOf(this.confirmed.blocks.get(block)?.text ?? ''));
  }

  /** The first pending submission, which is sent from here on, once more. */
  send(): Pending | undefined {
    const [first, ...later] = this.waiting;
    if (!first) {
      return undefined;
    }
    const sent = { ...first, sends: first.sends + 1 };
    this.waiting = [sent, ...later];
    return sent;
  }

  /**
   * Entries in log order. Those that are known already are skipped. `hashedBlocks`: of how many blocks the hashes are that
   * come with entries.
   */
  receive({ to, entries, hashes }: Entries, hashedBlocks = 0): Outcome {
    const base = this.position;
    const before = this.waiting;
    const outcomes: Outcome[] = [];
    let isVerified = false;
    try {
      for (const entry of entries.filter(({ revision }) => revision > base.revision)) {
        outcomes.push(this.receiveEntry(entry, before, base));
        const told = hashes.find(({ revision }) => revision === entry.revision);
        isVerified = told !== undefined && hashedBlocks > 0 && !this.headless;
        if (told && isVerified && !sameBytes(this.confirmed.hash(hashedBlocks), told.hash)) {
          throw new DivergedError(`another state than the log's at ${told.revision}`);
        }
      }
    } catch (error) {
      if (error instanceof DivergedError) {
        return { ...joined(outcomes), diverged: error };
      }
      throw error;
    }
    if (to && to.revision >= base.revision) {
      this.confirmed.position = to;
    }
    return { ...joined(outcomes), isVerified };
  }

  /** Blocks that stand before those that are known, as they are now. */
  addOlder(blocks: readonly wire.Block[], olderThan: number): Outcome {
    const ids = blocks.map(({ id }) => id);
    return this.step('remote', [...ids, ''], () => {
      this.confirmed.add(blocks, olderThan);
      return {};
    });
  }

  /**
   * Blocks as they are at a position, instead of entries. What was typed into an own draft is merged with what became of it
   * meanwhile; pending edits of other texts that changed become unsent.
   */
  replace(blocks: Blocks): Outcome {
    const known = this.position.revision;
    const blocksBefore = new Map(this.confirmed.blocks);
    const touched = blocks.blocks.map(({ id }) => id);
    const affected = blocks.since === 0 ? [...this.confirmed.blocks.keys(), ...touched] : touched;
    return this.step('remote', [...affected, ...this.waiting.flatMap(queue.targets), ''], () => {
      if (!this.headless) {
        this.confirmed.applyBlocks(blocks);
      }
      this.confirmed.position = blocks.position ?? START;
      const changed = new Set(touched);
      const bases = new Map([...blocksBefore].map(([id, block]) => [id, this.withAccepted(block)]));
      const merged = this.mergeDrafts(bases);
      this.acceptedUnseen = [];
      const settled: Settled[] = [];
      const unsent: Unsent[] = [];
      const created = new Set<string>();
      for (const { contentId } of this.waiting) {
        const index = this.waiting.findIndex((candidate) => candidate.contentId === contentId);
        const submission = this.waiting[index];
        if (!submission) {
          continue;
        }
        const creates = queue.createdBlocks([submission]);
        if ([...creates].some((id) => changed.has(id))) {
          this.waiting = this.waiting.filter((candidate) => candidate !== submission);
          // That it is there answers it, also where nobody tells: what stands behind it keeps its seq.
          this.lastAnsweredSeq = index === 0 ? submission.seq : this.lastAnsweredSeq;
          settled.push({ contentId });
          continue;
        }
        creates.forEach((id) => created.add(id));
        const isKept = submission.effects.every(({ editText, placeAnchor }) => {
          const block = editText?.block ?? placeAnchor?.block;
          if (block === undefined || created.has(block) || merged.has(block)) {
            return true;
          }
          const text = editable(bases.get(block));
          const isSame = text !== undefined && text === editable(this.confirmed.blocks.get(block));
          return isSame || (blocks.since > 0 && blocks.since <= known && !changed.has(block));
        });
        if (submission.frozen || !isKept) {
          const code: UnsentCode = submission.sends > 0 ? 'MAYBE_SENT' : 'BASE_LOST';
          const withdrawn = queue.withdraw(this.waiting, index, code);
          this.waiting = withdrawn.pending;
          unsent.push(...withdrawn.unsent);
          settled.push(...withdrawn.gone.map((gone) => ({ contentId: gone.contentId, code })));
        }
      }
      this.waiting = queue.numbered(this.waiting, this.lastAnsweredSeq);
      return { unsent, settled };
    });
  }

  /**
   * Moves what is pending past the difference between own drafts as they were and as they are, and tells which those are. A
   * submission that may have been sent stays what it is: under its seq the gateway takes it once.
   */
  private mergeDrafts(before: ReadonlyMap<string, Block>): ReadonlySet<string> {
    const merged = new Set<string>();
    let theirs = [...before.values()].flatMap((draft): Effect[] => {
      const now = this.confirmed.blocks.get(draft.id);
      const isOwn = draft.kind === 'DRAFT' && draft.author.subject === this.self.subject;
      if (!isOwn || !now || editable(now) === undefined || now.kind !== 'DRAFT') {
        return [];
      }
      merged.add(draft.id);
      return [editTextEffect(draft.id, lengthOf(draft.text), shortestEdit(draft.text, now.text))];
    });
    this.waiting = this.waiting.map((submission) => {
      const crossed = cross(submission.effects, theirs, 'LEFT');
      theirs = [...crossed.theirs];
      return { ...submission, effects: crossed.mine };
    });
    return merged;
  }

  /** The block as what is pending stands on it: with the own submission that was taken, and whose entry did not come. */
  private withAccepted(block: Block): Block {
    const edits = this.acceptedUnseen.flatMap(({ editText }) => (editText?.block === block.id ? editText : []));
    return { ...block, text: edits.reduce((text, { edit }) => apply(text, edit ?? IDENTITY), block.text) };
  }

  /**
   * The gateway took the submission. Its entry is among what is known, or inside of blocks that reach up to `known`;
   * while it is not, the entry itself is still to come.
   */
  accepted(seq: number, { revision, contentId }: Accepted, known = this.position.revision): Outcome {
    const [first, ...later] = this.waiting;
    if (!first || revision > known || !this.isFirst(seq, contentId)) {
      return NOTHING;
    }
    return this.step('remote', queue.targets(first), () => {
      this.acceptedUnseen = revision > this.position.revision ? first.effects : [];
      this.waiting = later;
      this.lastAnsweredSeq = seq;
      return { settled: [{ contentId: first.contentId }] };
    });
  }

  /** The gateway rejected the first submission for good. */
  rejected(seq: number, contentId: Uint8Array, code: RejectCode): Outcome {
    return this.isFirst(seq, contentId) ? this.withdrawn(0, code, seq) : NOTHING;
  }

  /** Takes back a submission that was never sent, or that can never be sent. */
  withdrawn(index: number, code: UnsentCode, answeredSeq = this.lastAnsweredSeq): Outcome {
    const { pending, unsent, gone } = queue.withdraw(this.waiting, index, code);
    return this.step('remote', gone.flatMap(queue.targets), () => {
      this.lastAnsweredSeq = answeredSeq;
      this.waiting = queue.numbered(pending, answeredSeq);
      return { unsent, settled: gone.map(({ contentId }) => ({ contentId, code })) };
    });
  }

  /** The gateway no longer knows the position of the first submission. A frozen one cannot be sent from another. */
  outdated(): Outcome {
    return this.waiting[0]?.frozen ? this.withdrawn(0, 'BLOCK_PUBLISHED') : NOTHING;
  }

  /**
   * Goes on under a fresh outbox, with seqs from 1: the old one and the gateway disagree. What was sent once and got this
   * for an answer was not processed, and moves too; what was sent more often may have been.
   */
  moveTo(outbox: string): Outcome {
    const [first] = this.waiting;
    const isDoubtful = first !== undefined && first.sends > 1;
    const left = isDoubtful ? this.withdrawn(0, 'MAYBE_SENT') : this.outdated();
    const before = this.waiting;
    const moved = queue.movedTo(outbox, this.outboxId, before);
    const renamed = this.step('remote', [...before, ...moved].flatMap(queue.targets), () => {
      this.waiting = queue.numbered(moved, 0);
      this.outboxId = outbox;
      this.lastAnsweredSeq = 0;
      return {};
    });
    return joined([left, renamed]);
  }

  /** Keeps only some of what is pending, for another outbox. The rest goes its own way, and comes back as entries. */
  leave(kept: readonly Pending[], outbox: string, answeredSeq: number): Outcome {
    const before = this.waiting;
    const moved = queue.movedTo(outbox, this.outboxId, queue.only(before, kept));
    return this.step('remote', [...before, ...moved].flatMap(queue.targets), () => {
      this.waiting = queue.numbered(moved, answeredSeq);
      this.outboxId = outbox;
      this.lastAnsweredSeq = answeredSeq;
      return {};
    });
  }

  private receiveEntry(entry: Entry, before: readonly Pending[], base: Position): Outcome {
    const touched = entry.effects.flatMap((effect) => (blockOf(effect) === undefined ? [''] : blocksOf(effect)));
    const [first] = this.waiting;
    if (first && entry.outbox === this.outboxId && this.isFirst(entry.seq, entry.contentId)) {
      return this.step('remote', [...touched, ...this.waiting.flatMap(queue.targets)], () => {
        const settled = [{ contentId: first.contentId }];
        if (!first.command) {
          this.confirm(entry);
        }
        this.waiting = this.waiting.slice(1);
        this.lastAnsweredSeq = entry.seq;
        if (!first.command) {
          return { settled, effects: [] };
        }
        // Nothing of a command was shown before: what is pending behind it moves past its entry as past anybody's.
        const rebased = this.rebase(entry, before, base);
        return { ...rebased, settled: [...settled, ...rebased.settled] };
      });
    }
    const conflicts = queue.rebase(this.waiting, entry, this.self, before, base).unsent.length > 0;
    return this.step('remote', [...touched, ...(conflicts ? this.waiting.flatMap(queue.targets) : [])], () =>
      this.rebase(entry, before, base),
    );
  }

  private rebase(entry: Entry, before: readonly Pending[], base: Position): Required<Shown> {
    const rebased = queue.rebase(this.waiting, entry, this.self, before, base);
    this.confirm(entry);
    this.waiting = queue.numbered(rebased.pending, this.lastAnsweredSeq);
    const settled = rebased.gone.map(({ submission, code }) => ({ contentId: submission.contentId, code }));
    return { unsent: rebased.unsent, shown: rebased.shown, settled, effects: entry.effects };
  }

  private confirm(entry: Entry): void {
    if (!this.headless) {
      this.confirmed.applyEntry(entry);
    }
  }

  private stamp(composedAtMillis: number): Stamp {
    return { author: this.self, revision: 0, timeMillis: composedAtMillis, composedAtMillis, run: '' };
  }

  private isFirst(seq: number, contentId: Uint8Array): boolean {
    const [first] = this.waiting;
    return first !== undefined && first.sends > 0 && first.seq === seq && sameBytes(first.contentId, contentId);
  }

  /** Runs a change of state, and tells what is displayed differently after it. */
  private step(origin: Change['origin'], touched: readonly string[], change: () => Shown): Outcome {
    const ids = [...new Set(touched)];
    const before = ids.map((id) => this.block(id));
    const { shown = [], unsent = [], settled = [], effects } = change();
    ids.forEach((id) => this.displayed.delete(id));
    if (origin === 'remote') {
      this.observer?.stepped(effects, shown, settled);
    }
    const changes = ids.map((id, i) => ({ ...this.changeOf(id, before[i], shown), blockId: id, origin }));
    return { changes: this.headless ? [] : mergedLast(changes), unsent, settled };
  }

  private changeOf(
    id: string,
    before: Block | undefined,
    shown: readonly Effect[],
  ): Pick<Change, 'kind' | 'edit' | 'into'> {
    const after = this.block(id);
    if (!before || !after) {
      return { kind: after ? 'appeared' : before ? 'vanished' : 'altered' };
    }
    const into = before.mergedInto === '' && after.mergedInto !== '' ? this.current(after.mergedInto) : undefined;
    if (into) {
      return { kind: 'merged', into: into.id, edit: editInto(before, into.text, shown) };
    }
    return before.text === after.text
      ? { kind: 'altered' }
      : { kind: 'edited', edit: editBetween(before.text, after.text, id, shown) };
  }

  /** The block that has the text of this one now. */
  private current(id: string): Block | undefined {
    const block = this.block(id);
    return block?.mergedInto ? this.current(block.mergedInto) : block;
  }

  private withPending(id: string): Block | undefined {
    let block = this.confirmed.blocks.get(id);
    for (const { effects, composedAtMillis } of this.waiting) {
      for (const effect of effects) {
        if (blockOf(effect) === id) {
          block = shownWith(block, effect, this.stamp(composedAtMillis), this.confirmed.view);
        }
      }
    }
    return block;
  }
}

export const NOTHING: Outcome = { changes: [], unsent: [], settled: [] };

/** Several steps as one: each block changes once, since only what is displayed at the end can be looked at. */
export function joined(outcomes: readonly Outcome[]): Outcome {
  const changes = new Map<string, Change>();
  for (const outcome of outcomes) {
    const step = [...outcome.changes];
    for (const [blockId, earlier] of changes) {
      const follows = step.find((change) => earlier.into !== undefined && change.blockId === earlier.into);
      if (follows?.edit) {
        const edit = compose(earlier.edit ?? IDENTITY, follows.edit);
        changes.set(blockId, { ...earlier, edit, into: follows.into ?? earlier.into });
      }
    }
    for (const change of step) {
      const earlier = changes.get(change.blockId);
      changes.set(change.blockId, earlier ? oneChange(earlier, change) : change);
    }
  }
  return {
    changes: mergedLast([...changes.values()]),
    unsent: outcomes.flatMap(({ unsent }) => unsent),
    settled: outcomes.flatMap(({ settled }) => settled),
  };
}

/** Who follows a block into another has then seen what became of that one. */
function mergedLast(changes: readonly Change[]): readonly Change[] {
  return [...changes].sort((a, b) => Number(a.into !== undefined) - Number(b.into !== undefined));
}

function oneChange(first: Change, second: Change): Change {
  if (second.kind === 'altered' || (first.kind === 'appeared' && second.edit)) {
    return first;
  }
  return first.edit && second.edit ? { ...second, edit: compose(first.edit, second.edit) } : second;
}

/** The edit that was made where it is known, and otherwise the difference. */
function editBetween(before: string, after: string, id: string, shown: readonly Effect[]): TextEdit {
  const made = shown.reduce(
    (edit, { editText }) => (editText?.block === id ? compose(edit, editText.edit ?? IDENTITY) : edit),
    IDENTITY,
  );
  return leadsTo(before, made, after) ? made : diff(before, after);
}

/** What does not fit is not shown; whether it was ever meant like that is for the gateway to say. */
function shownWith(block: Block | undefined, effect: Effect, stamp: Stamp, view: View): Block | undefined {
  try {
    return applyToBlock(block, effect, stamp, view);
  } catch (error) {
    if (error instanceof DivergedError) {
      return block;
    }
    throw error;
  }
}

/** From the text of a block to that of the one that took it in: where the text is in it, or the difference. */
function editInto({ id, text }: Block, after: string, shown: readonly Effect[]): TextEdit {
  const at = shown.find(({ retarget }) => retarget?.block === id)?.retarget?.at ?? -1;
  const start = at < 0 ? after.lastIndexOf(text) : indexAfter(after, at);
  if (start < 0 || !after.startsWith(text, start)) {
    return diff(text, after);
  }
  return textEdit(after.slice(0, start), lengthOf(text), after.slice(start + text.length));
}

/** The text of a block, with all that decides whether an edit of it can be meant. */
function editable(block: Block | undefined): string | undefined {
  return block?.mergedInto === '' && !block.erased ? `${block.kind} ${block.text}` : undefined;
}

function leadsTo(before: string, edit: TextEdit, after: string): boolean {
  try {
    return apply(before, edit) === after;
  } catch {
    return false;
  }
}
