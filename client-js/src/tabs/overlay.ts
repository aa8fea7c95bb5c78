import type { Clock } from '../clock.ts';
import type { ConversationTarget } from '../conversation-target.ts';
import { keyOf, targetOf } from '../conversation-target.ts';
import { createdBlocks } from '../conversation/pending.ts';
import type { Replica } from '../conversation/replica.ts';
import type { Block } from '../conversation/state.ts';
import type { Bus } from './bus.ts';

/** What waits in this tab, as the others are told of it. */
interface Told {
  readonly target: ConversationTarget;
  readonly replica: Replica;
  look: string;
  isDue: boolean;
}

/** What another tab told. */
interface Heard {
  readonly target: ConversationTarget;
  readonly ids: readonly string[];
  readonly tab: string;
  /** That tab was gone when it was looked for last. */
  isLeft: boolean;
}

/** What is answered sooner comes to the others as an entry. */
const TELL_MILLIS = 200;
/** Longer than it takes others to find an outbox that was left. */
const LOOK_MILLIS = 15_000;
/** Of one outbox. */
const BLOCKS_MAX = 50;
const NOTHING = '[]';

/**
 * Shows in each tab what others wrote and the gateway does not have yet: new blocks, by the outbox they wait in, until their
 * entries come, their outbox no longer has them, or their tab is gone and nobody has taken that outbox over.
 */
export class Overlay {
  private readonly told = new Map<string, Told>();
  /** By outbox: the blocks that were heard of last. */
  private readonly heard = new Map<string, Heard>();
  private bus: Bus | undefined;
  private cancelLook: () => void = noop;

  constructor(
    private readonly clock: Clock,
    /** Where the blocks of a conversation are shown that its replica does not have. */
    private readonly shown: (target: ConversationTarget) => Map<string, Block>,
    private readonly changed: (target: ConversationTarget) => void,
  ) {}

  /** Takes part from here on: asks the others, and tells what waits here. */
  start(bus: Bus, isHere: (tab: string) => Promise<boolean>): void {
    this.bus = bus;
    bus.listen('pending', ({ from, head, body }) => {
      if (head.kind === 'ask') {
        this.told.forEach((told, outbox) => {
          this.tell(outbox, told);
        });
      } else if (head.kind === 'pending') {
        this.hear(String(head['outbox']), targetOf(String(head['lane'])), blocksFrom(body), from);
      }
    });
    // What was said while this tab slept, or could not say itself, is said now.
    [...this.heard.keys()].forEach((outbox) => {
      this.forget(outbox);
    });
    this.told.forEach((told, outbox) => {
      this.tell(outbox, told);
    });
    bus.post('pending', { kind: 'ask' });
    this.look(isHere);
  }

  stop(): void {
    this.bus = undefined;
    this.cancelLook();
  }

  /** Something may wait in this conversation that did not, or the other way round. */
  update(target: ConversationTarget, replica: Replica): void {
    const { outbox } = replica;
    // What another tab left is this one's to show, as far as that tab had saved it.
    this.forget(outbox, replica);
    this.told.forEach((before, other) => {
      if (before.replica === replica && other !== outbox) {
        this.tell(other, before);
      }
    });
    const known = this.told.get(outbox);
    const told = known ?? { target, replica, look: NOTHING, isDue: false };
    if (!told.isDue && lookOf(blocksWaiting(replica)) !== told.look) {
      this.told.set(outbox, told);
      told.isDue = true;
      this.clock.after(TELL_MILLIS, () => {
        told.isDue = false;
        if (lookOf(blocksWaiting(replica)) !== told.look) {
          this.tell(outbox, told);
        }
      });
    }
  }

  private tell(outbox: string, told: Told): void {
    const { bus } = this;
    if (!bus) {
      return;
    }
    const { target, replica } = told;
    const blocks = replica.outbox === outbox ? blocksWaiting(replica) : [];
    told.look = lookOf(blocks);
    if (blocks.length === 0) {
      this.told.delete(outbox);
    }
    bus.post('pending', { kind: 'pending', lane: keyOf(target), outbox }, encoded(blocks));
  }

  private hear(outbox: string, target: ConversationTarget, blocks: readonly Block[], tab: string): void {
    this.forget(outbox);
    // Who told of it, and is gone, may be heard after this tab took it over.
    if (blocks.length > 0 && !this.told.has(outbox)) {
      const shown = this.shown(target);
      blocks.forEach((block) => shown.set(block.id, block));
      this.heard.set(outbox, { target, ids: blocks.map(({ id }) => id), tab, isLeft: false });
      this.changed(target);
    }
  }

  private forget(outbox: string, replica?: Replica): void {
    const heard = this.heard.get(outbox);
    if (heard) {
      const { target, ids } = heard;
      const shown = this.shown(target);
      this.heard.delete(outbox);
      ids.filter((id) => !replica?.block(id)).forEach((id) => shown.delete(id));
      this.changed(target);
    }
  }

  /** Nobody sends what a tab that is gone had not saved; who takes over the rest has told of it by the second look. */
  private look(isHere: (tab: string) => Promise<boolean>): void {
    this.cancelLook = this.clock.after(LOOK_MILLIS, () => {
      this.heard.forEach((heard, outbox) => {
        void isHere(heard.tab).then((isThere) => {
          if (!isThere && heard.isLeft && this.heard.get(outbox) === heard) {
            this.forget(outbox);
          }
          heard.isLeft = !isThere;
        });
      });
      this.look(isHere);
    });
  }
}

function noop(): void {
  return;
}

function blocksWaiting(replica: Replica): Block[] {
  return [...createdBlocks(replica.pending)].slice(-BLOCKS_MAX).flatMap((id) => replica.block(id) ?? []);
}

/** Tells apart what would be shown differently. */
function lookOf(blocks: readonly Block[]): string {
  return JSON.stringify(blocks.map(({ id, text }) => [id, text]));
}

function encoded(blocks: readonly Block[]): Uint8Array {
  const plain = blocks.map((block) => ({ ...block, attributes: [...block.attributes] }));
  return new TextEncoder().encode(JSON.stringify(plain));
}

function blocksFrom(bytes: Uint8Array): Block[] {
  const plain = JSON.parse(new TextDecoder().decode(bytes)) as (Block & { attributes: [string, string][] })[];
  return plain.map((block) => ({ ...block, attributes: new Map(block.attributes) }));
}
