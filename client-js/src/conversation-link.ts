import { hex } from './bytes.ts';
import type { Clock } from './clock.ts';
import { type ConversationTarget, namedBy } from './conversation-target.ts';
import * as queue from './conversation/pending.ts';
import type { Pending, Unsent } from './conversation/pending.ts';
import { NOTHING, type Outcome, Replica, type ReplicaSeed } from './conversation/replica.ts';
import { type DivergedError, PartialError, START } from './conversation/state.ts';
import { ParleyError } from './errors.ts';
import type { Random } from './random.ts';
import { ConversationPresence } from './presence/conversation-presence.ts';
import type { Lane, LaneContent, Outbox } from './outbox/outbox.ts';
import type { SnapshotStore } from './snapshot/snapshot-store.ts';
import type {
  Answer,
  Blocks,
  BlocksPage,
  ClientFrame,
  Delivered,
  Effect,
  Entries,
  Init,
  Limits,
  OpenFailed,
  Opened,
  Operation,
  View,
} from './wire/wire.ts';
import { ClientFrames, encode } from './wire/wire.ts';

/** What a link needs of the client it belongs to. */
export interface LinkHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: Outbox;
  /** Where other tabs find what this one has. */
  readonly snapshots?: () => SnapshotStore | undefined;
  /** Whether it is on this tab to save what conversations hold, and not on one of many that all have the same. */
  readonly savesSnapshots?: () => boolean;
  limits(): Limits | undefined;
  send(frames: readonly Init<ClientFrame>[]): void;
  sendBytes(bytes: Uint8Array): void;
}

/** Who wants to know what happens in the conversation. */
export interface LinkUser {
  /** Something is displayed, saved, sent or answered that was not before. */
  updated(outcome: Outcome): void;
  failed(error: ParleyError): void;
  /** Others came, went, or do something else. */
  peersChanged(): void;
}

/** How a link stands with the gateway. */
export type LinkState = 'closed' | 'opening' | 'open' | 'failed';

/** Who wrote to this side waits to be told that it was received. */
const ACKNOWLEDGE_MILLIS = 50;
/** Of what this side wrote only the gateway wants to know that it is read here: within a heartbeat. */
const ACKNOWLEDGE_OWN_MILLIS = 5_000;
const REFUSED_MILLIS_MIN = 200;
/** Written longer before it was sent than this counts as written offline. */
const LATE_MILLIS = 10_000;
const OTHERS_MILLIS = 1_000;
const SNAPSHOT_MILLIS = 1_000;
const DIVERGENCES_MAX = 3;
const CONTENT_ID_BYTES = 8;
const OLDER_BLOCKS = 50;

/**
 * Carries one conversation between its replica, its outbox and the gateway: opens it, catches up, then sends what is
 * pending, one submission at a time, each only after the outbox has it.
 */
export class ConversationLink {
  readonly replica: Replica;
  readonly presence: ConversationPresence;
  state: LinkState = 'closed';
  view: View = 'VIEW_UNSPECIFIED';
  conversation: string;
  delivered: Delivered = { handle: 0, visitorToStaff: 0, staffToVisitor: 0 };
  private readonly headless: boolean;
  private lane: Lane | undefined;
  private lastSave: Promise<void> = Promise.resolve();
  /** What other pages send for this one, by content id. */
  private readonly elsewhere = new Map<string, Pending>();
  /** What came while the conversation was being opened, where it can overtake the answer. */
  private readonly early: Entries[] = [];
  /** While the page is parted from its outbox. */
  private parting: Deferred | undefined;
  private blockCount = 0;
  private kept: readonly Unsent[] = [];
  /** Those of `kept` that came up here, and are this link's to save. */
  private fresh: readonly Unsent[] = [];
  /** Names the conversation on the present connection; 0 while it is not open there. */
  handle = 0;
  /** The submission under way on the present connection. */
  private underWay: Uint8Array | undefined;
  /** The submission of which the gateway recorded nothing when it came last: to send it again does not count as another time. */
  private refused: Uint8Array | undefined;
  private readonly savedIds = new WeakSet<Uint8Array>();
  private acknowledgedRevision = 0;
  /** How often the replica was not what the log says. */
  divergenceCount = 0;
  /** Since it last was. */
  private divergences = 0;
  /** What the replica shows is to be replaced as a whole. */
  private isStale = false;
  private reading: Deferred | undefined;
  private acknowledgeAtMillis = 0;
  private cancelAcknowledge: (() => void) | undefined;
  private savedRevision = 0;
  private isSnapshotDue = false;
  private cancelRetry: () => void = noop;

  constructor(
    readonly target: ConversationTarget,
    seed: Omit<ReplicaSeed, 'outbox'>,
    private readonly host: LinkHost,
    private readonly user: LinkUser,
  ) {
    this.replica = new Replica({ ...seed, outbox: '' });
    this.presence = new ConversationPresence(this, () => {
      this.user.peersChanged();
    });
    this.headless = seed.headless ?? false;
    this.conversation = 'id' in target ? target.id : '';
  }

  get clock(): Clock {
    return this.host.clock;
  }

  send(frames: readonly Init<ClientFrame>[]): void {
    this.host.send(frames);
  }

  /** What was rejected or lost, until it is dismissed. */
  get unsent(): readonly Unsent[] {
    return this.kept;
  }

  /** Whether the outbox has it: it survives the page. */
  isSaved(contentId: Uint8Array): boolean {
    return this.savedIds.has(contentId);
  }

  /** Takes up a lane of the outbox. Work is possible without a connection from here on. */
  bind(): void {
    if (this.lane) {
      return;
    }
    this.lane = this.host.outbox.lane(this.host.outbox.id(), this.target);
    this.blockCount = this.lane.blockCount;
    this.replica.use(this.lane.outbox, this.lane.answeredSeq);
    this.host.outbox.unsent(this.target).then((unsent) => {
      this.show({ unsent, settled: [] });
    }, noop);
  }

  /** Shows what some tab of this browser had last, unless there is more here already. */
  async prime(): Promise<void> {
    const snapshot = await this.host.snapshots?.()?.read(this.target);
    if (snapshot && this.state === 'closed' && this.replica.position.revision === 0) {
      this.view = this.replica.confirmed.view = snapshot.view;
      this.conversation = snapshot.conversation;
      this.savedRevision = snapshot.blocks.position?.revision ?? 0;
      this.settle(this.replica.replace(snapshot.blocks));
    }
  }

  /** Takes up what came up elsewhere and is kept there. */
  show({ unsent, settled }: Pick<Outcome, 'unsent' | 'settled'>): void {
    const known = new Set(this.kept.map(({ id }) => id));
    const added = unsent.filter(({ id }) => !known.has(id));
    this.kept = [...this.kept, ...added];
    this.user.updated({ changes: [], unsent: added, settled });
  }

  /** The page goes to sleep: from here on, what the outbox has is somebody else's to send. */
  part(): void {
    this.parting ??= new Deferred();
  }

  /** The page is awake and has an outbox again: takes it up, with what the other one did not have. Once that is durable. */
  rebind(): void {
    const { parting } = this;
    this.parting = undefined;
    if (this.lane) {
      const kept = this.replica.pending.filter(({ contentId }) => !this.isSaved(contentId));
      const left = this.replica.pending.filter((pending) => !kept.includes(pending));
      left.forEach((pending) => this.elsewhere.set(hex(pending.contentId), pending));
      const outbox = kept.length > 0 ? this.host.outbox.renew() : this.host.outbox.id();
      this.lane = this.host.outbox.lane(outbox, this.target);
      this.blockCount = Math.max(this.blockCount, this.lane.blockCount);
      const outcome = this.replica.leave(kept, outbox, this.lane.answeredSeq);
      parting?.end(this.save());
      this.user.updated(outcome);
    } else {
      parting?.end();
    }
  }

  /** Resolves when the outbox has, or has not, taken in all that happened so far. */
  durable(): Promise<void> {
    return this.lastSave.catch(noop);
  }

  nextBlockId(): string {
    this.bind();
    return `${this.replica.outbox}.${++this.blockCount}`;
  }

  /** Makes a change and queues it. */
  submit(effects: readonly Effect[]): { readonly contentId: Uint8Array; readonly saved: Promise<void> } {
    this.bind();
    const outcome = this.replica.submit(effects, this.newContentId(), this.host.clock.nowMillis());
    return this.queued(outcome);
  }

  command(command: Operation): { readonly contentId: Uint8Array; readonly saved: Promise<void> } {
    this.bind();
    this.replica.command(command, this.newContentId(), this.host.clock.nowMillis());
    return this.queued(NOTHING);
  }

  dismiss(unsentId: string): void {
    this.kept = this.kept.filter(({ id }) => id !== unsentId);
    this.fresh = this.fresh.filter(({ id }) => id !== unsentId);
    void this.host.outbox.dismiss(unsentId).catch(noop);
    this.user.updated(NOTHING);
  }

  /** The frame that opens the conversation on a new connection. */
  open(): Init<ClientFrame> {
    this.disconnected();
    this.state = 'opening';
    this.bind();
    const { pending, outbox, answeredSeq } = this.replica;
    const position = this.isStale ? START : this.replica.position;
    return {
      open: {
        ...namedBy(this.target),
        position: position.revision > 0 ? position : undefined,
        pending: !this.isStale && queue.needsEntries(pending),
        outboxes: outbox === '' ? [] : [{ outbox, answeredSeq }],
      },
    };
  }

  disconnected(): void {
    this.presence.disconnected();
    this.state = this.state === 'failed' ? 'failed' : 'closed';
    this.handle = 0;
    this.early.length = 0;
    this.underWay = undefined;
    this.refused = undefined;
    this.acknowledgedRevision = 0;
    this.cancelRetry();
    this.cancelRetry = noop;
    this.cancelAcknowledge?.();
    this.cancelAcknowledge = undefined;
  }

  opened({ handle, conversation, view, entries, blocks, outboxes, delivered }: Opened): void {
    const isSnapshot = blocks?.since === 0;
    const isOtherView = this.view !== 'VIEW_UNSPECIFIED' && this.view !== view;
    if (isOtherView) {
      this.underWay = undefined;
    }
    this.state = 'open';
    this.handle = handle;
    this.conversation = conversation;
    this.view = view;
    this.replica.confirmed.view = view;
    if ((isOtherView || this.isStale) && !isSnapshot) {
      this.loadAnew();
      return;
    }
    this.isStale = false;
    const { position, pending } = this.replica;
    const from = entries?.from ?? blocks?.since ?? 0;
    // What was typed, or sent, after the question needs entries that were not asked for.
    if (from > position.revision || (blocks && !isSnapshot && queue.needsEntries(pending))) {
      this.reopen();
      return;
    }
    if (entries && !this.receive(entries)) {
      return;
    }
    for (const answer of outboxes.filter(({ outbox }) => outbox === this.replica.outbox)) {
      this.applyAnswer(answer, blocks?.position?.revision);
      // It was used for this conversation under another name: what is made here would not be the first.
      if (answer.seq > this.replica.answeredSeq && !this.replica.pending[0]?.sends) {
        this.startOver();
      }
    }
    if (blocks && (isSnapshot || (blocks.position?.revision ?? 0) >= position.revision)) {
      this.replace(blocks);
    }
    if (delivered) {
      this.receiveDelivered(delivered);
    }
    this.readOlder();
    this.presence.opened();
    this.acknowledgeIn(ACKNOWLEDGE_MILLIS);
    this.pump();
    this.early.splice(0).forEach((each) => {
      this.received(each);
    });
  }

  openFailed({ code, delayMillis }: OpenFailed): void {
    const isFinal = delayMillis === 0;
    this.state = isFinal ? 'failed' : 'opening';
    this.user.failed(new ParleyError(code, !isFinal, delayMillis));
    if (!isFinal) {
      this.cancelRetry = this.host.clock.after(delayMillis, () => {
        this.reopen();
      });
    }
  }

  received(entries: Entries): void {
    if (this.state === 'opening') {
      this.early.push(entries);
      return;
    }
    if (this.isStale) {
      return;
    }
    if (entries.from > this.replica.position.revision) {
      this.reopen();
      return;
    }
    if (this.receive(entries)) {
      const isOwn = entries.entries.every(({ author }) => (author?.role === 'VISITOR') === (this.view === 'PUBLIC'));
      this.acknowledgeIn(isOwn ? ACKNOWLEDGE_OWN_MILLIS : ACKNOWLEDGE_MILLIS);
      this.pump();
    }
  }

  answered(answer: Answer): void {
    if (answer.outbox === this.replica.outbox && !this.isStale) {
      this.applyAnswer(answer);
      this.pump();
    }
  }

  /** Loads more of what stands before the blocks that are here; resolves when it is here, or all is. */
  loadOlder(): Promise<void> {
    const reading = this.reading ?? new Deferred();
    if (!this.reading) {
      this.reading = reading;
      this.readOlder();
    }
    return reading.done;
  }

  receiveOlder({ before, blocks, olderThan }: BlocksPage): void {
    if (this.reading && !this.isStale && before === this.replica.confirmed.olderThan) {
      this.user.updated(this.replica.addOlder(blocks, olderThan));
      this.haveRead();
    }
  }

  receiveDelivered(delivered: Delivered): void {
    this.delivered = {
      handle: this.handle,
      visitorToStaff: Math.max(this.delivered.visitorToStaff, delivered.visitorToStaff),
      staffToVisitor: Math.max(this.delivered.staffToVisitor, delivered.staffToVisitor),
    };
    this.user.updated(NOTHING);
  }

  /** The gateway keeps sending what happens in the conversation until this. */
  leave(): void {
    if (this.handle !== 0) {
      this.host.send([{ leave: { handle: this.handle } }]);
    }
    this.disconnected();
    this.haveRead();
  }

  /** Whoever it was for is gone: nothing is shown, and what the outbox has waits there. */
  forget(): void {
    this.disconnected();
    this.state = 'failed';
    this.lane = undefined;
    this.kept = this.fresh = [];
    this.user.updated(this.replica.forget());
  }

  /** Whether they fit. */
  private receive(entries: Entries): boolean {
    const outcome = this.replica.receive(entries, this.host.limits()?.snapshotBlocks);
    this.settle(outcome);
    this.presence.cursors?.follow(entries.entries, entries.from);
    const arrived = entries.entries.map(({ contentId }) => contentId);
    this.settleElsewhere(arrived);
    this.dismissArrived(new Set(arrived.map(hex)));
    if (outcome.isVerified) {
      this.divergences = 0;
    }
    if (outcome.diverged) {
      this.diverged(outcome.diverged);
    }
    return outcome.diverged === undefined;
  }

  private readOlder(): void {
    const { olderThan } = this.replica.confirmed;
    if (this.reading && this.state === 'open') {
      if (olderThan === 0) {
        this.haveRead();
      } else {
        this.host.send([{ readBlocks: { handle: this.handle, before: olderThan, limit: OLDER_BLOCKS } }]);
      }
    }
  }

  private haveRead(): void {
    this.reading?.end();
    this.reading = undefined;
  }

  private replace(blocks: Blocks): void {
    this.settle(this.replica.replace(blocks));
    this.presence.cursors?.replaced(blocks);
    const isThere = (id: string) => this.replica.confirmed.blocks.has(id);
    const arrived = [...this.elsewhere.values()].filter((pending) => [...queue.createdBlocks([pending])].some(isThere));
    this.settleElsewhere(arrived.map(({ contentId }) => contentId));
  }

  private settleElsewhere(contentIds: readonly Uint8Array[]): void {
    const settled = contentIds.filter((contentId) => this.elsewhere.delete(hex(contentId)));
    if (settled.length > 0) {
      this.user.updated({ ...NOTHING, settled: settled.map((contentId) => ({ contentId })) });
    }
  }

  /** What may have arrived has. */
  private dismissArrived(contentIds: ReadonlySet<string>): void {
    this.kept
      .filter(({ id }) => contentIds.has(id))
      .forEach(({ id }) => {
        this.dismiss(id);
      });
  }

  private newContentId(): Uint8Array {
    return this.host.random.bytes(CONTENT_ID_BYTES);
  }

  private queued(outcome: Outcome): { readonly contentId: Uint8Array; readonly saved: Promise<void> } {
    const { pending } = this.replica;
    const contentId = pending[pending.length - 1]?.contentId ?? new Uint8Array(0);
    const saved = this.save();
    this.user.updated(outcome);
    this.pump();
    return { contentId, saved };
  }

  private applyAnswer({ seq, accepted, rejected, refused, fault }: Answer, known?: number): void {
    if (accepted) {
      this.settle(this.replica.accepted(seq, accepted, known));
    } else if (rejected) {
      this.settle(this.replica.rejected(seq, rejected.contentId, rejected.code));
    } else if (seq !== this.replica.pending[0]?.seq) {
      return;
    }
    this.refused = refused && this.underWay;
    if (refused?.code === 'BEHIND' || refused?.code === 'FOREIGN_POSITION') {
      this.settle(this.replica.outdated());
      this.reopen();
    } else if (refused) {
      this.sendAgainAfter(refused.delayMillis);
    } else if (fault) {
      this.startOver();
    }
  }

  private sendAgainAfter(delayMillis: number): void {
    this.cancelRetry();
    this.cancelRetry = this.host.clock.after(Math.max(delayMillis, REFUSED_MILLIS_MIN), () => {
      // It may have been taken all the same, and another one be under way.
      if (this.underWay === this.refused) {
        this.underWay = undefined;
      }
      this.pump();
    });
  }

  /** Outbox and gateway disagree on what was sent: what was not goes under a fresh outbox, in one transaction. */
  private startOver(): void {
    const outcome = this.replica.moveTo(this.host.outbox.renew());
    const fresh = this.host.outbox.lane(this.replica.outbox, this.target);
    this.keep(outcome.unsent);
    this.lastSave = this.lane?.moveTo(fresh, this.content()) ?? Promise.resolve();
    this.lastSave.catch(noop);
    this.lane = fresh;
    this.underWay = undefined;
    this.user.updated(outcome);
  }

  private keep(unsent: readonly Unsent[]): void {
    this.kept = [...this.kept, ...unsent];
    this.fresh = [...this.fresh, ...unsent];
  }

  private settle(outcome: Outcome): void {
    this.keep(outcome.unsent);
    if (this.underWay && !this.replica.pending.some(({ contentId }) => contentId === this.underWay)) {
      this.underWay = undefined;
    }
    if (outcome.settled.length > 0 || outcome.unsent.length > 0) {
      void this.save();
    }
    this.user.updated(outcome);
    this.saveSnapshotSoon();
  }

  private saveSnapshotSoon(): void {
    const { clock } = this.host;
    const snapshots = this.host.snapshots?.();
    if (snapshots && !this.isSnapshotDue && this.replica.position.revision > this.savedRevision) {
      this.isSnapshotDue = true;
      clock.after(SNAPSHOT_MILLIS, () => {
        this.isSnapshotDue = false;
        if (!this.isStale && this.host.savesSnapshots?.()) {
          this.savedRevision = this.replica.position.revision;
          void snapshots.save(this.target, this.conversation, this.replica.confirmed);
        }
      });
    }
  }

  /** Sends the first pending submission, if none is under way. */
  private pump(): void {
    const [first] = this.replica.pending;
    if (this.state === 'open' && !this.underWay && first) {
      this.underWay = first.contentId;
      void this.sendNext(first, this.handle);
    }
  }

  private async sendNext(first: Pending, handle: number): Promise<void> {
    const isUnderWay = (): boolean => this.underWay === first.contentId && this.handle === handle;
    if (first.sends === 0) {
      // What was typed into a message right before the page slept is sent after it, and that is in another outbox.
      const strange = queue.needs([first]).filter((id) => !this.replica.confirmed.blocks.has(id));
      while (strange.length > 0 && isUnderWay() && (await this.host.outbox.creates(strange).catch(noop))) {
        await new Promise<void>((resolve) => this.host.clock.after(OTHERS_MILLIS, resolve));
      }
    }
    if (isUnderWay()) {
      if (this.refused !== first.contentId) {
        this.replica.send();
      }
      this.refused = undefined;
      await (first.sends > 0 ? undefined : this.save().catch(noop));
      if (isUnderWay()) {
        this.sendFirst();
      }
    }
  }

  private sendFirst(): void {
    const [first] = this.replica.pending;
    if (!first) {
      return;
    }
    const bytes = encode(ClientFrames, { frames: [{ submit: this.submission(first) }] });
    if (bytes.length > (this.host.limits()?.frameBytesMax ?? Infinity)) {
      this.settle(this.replica.withdrawn(0, 'TOO_LARGE'));
      this.pump();
    } else {
      this.host.sendBytes(bytes);
    }
  }

  private submission(first: Pending): Init<ClientFrame>['submit'] {
    const isLate = this.host.clock.nowMillis() - first.composedAtMillis > LATE_MILLIS;
    return {
      handle: this.handle,
      outbox: this.replica.outbox,
      seq: first.seq,
      contentId: first.contentId,
      base: first.frozen?.base ?? this.replica.position,
      operations: this.replica.operations(first),
      composedAtMillis: isLate ? first.composedAtMillis : 0,
    };
  }

  private save(): Promise<void> {
    const { pending } = this.replica;
    if (this.parting) {
      return this.parting.done;
    }
    this.lastSave = this.lane?.save(this.content()) ?? Promise.resolve();
    // The page may go to sleep first: then it is for the outbox that it has afterwards.
    const saved = this.lastSave.catch((error: unknown) => this.parting?.done ?? Promise.reject(error as Error));
    saved.then(
      () => {
        pending.forEach(({ contentId }) => this.savedIds.add(contentId));
        this.user.updated(NOTHING);
      },
      () => {
        this.user.failed(new ParleyError('NOT_SAVED'));
      },
    );
    return saved;
  }

  private content(): LaneContent {
    const { position, answeredSeq, pending } = this.replica;
    return { position, answeredSeq, blockCount: this.blockCount, pending, unsent: this.fresh };
  }

  private acknowledgeIn(millis: number): void {
    const { clock } = this.host;
    const atMillis = clock.nowMillis() + millis;
    if (this.cancelAcknowledge && this.acknowledgeAtMillis <= atMillis) {
      return;
    }
    this.acknowledgeAtMillis = atMillis;
    this.cancelAcknowledge?.();
    this.cancelAcknowledge = clock.after(millis, () => {
      this.cancelAcknowledge = undefined;
      const { revision } = this.replica.position;
      if (this.handle !== 0 && !this.headless && revision > this.acknowledgedRevision) {
        this.acknowledgedRevision = revision;
        this.host.send([{ acknowledge: { handle: this.handle, revision } }]);
      }
    });
  }

  private reopen(): void {
    this.host.send([this.open()]);
  }

  /** The replica is not what the log says: it is loaded anew, unless that does not help either. */
  private diverged(error: DivergedError): void {
    if (error instanceof PartialError) {
      this.loadAnew();
      return;
    }
    this.divergenceCount++;
    const isHopeless = ++this.divergences > DIVERGENCES_MAX;
    this.host.send([{ diverged: { handle: this.handle, revision: this.replica.position.revision } }]);
    this.user.failed(new ParleyError('DIVERGED', !isHopeless));
    if (isHopeless) {
      this.leave();
      this.state = 'failed';
    } else {
      this.loadAnew();
    }
  }

  /** What is shown stays until it is replaced. */
  private loadAnew(): void {
    this.isStale = true;
    this.reopen();
  }
}

/** What will be done: when `end` is called, or what it is given is. */
class Deferred {
  readonly done: Promise<void>;
  end!: (after?: Promise<void>) => void;

  constructor() {
    this.done = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

function noop(): void {
  return;
}
