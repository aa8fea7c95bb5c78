import type { ConnectionOptions } from '../connection.ts';
import type { ConversationLink } from '../conversation-link.ts';
import { type ConversationTarget, keyOf } from '../conversation-target.ts';
import { NOTHING, type Outcome } from '../conversation/replica.ts';
import type { Block } from '../conversation/state.ts';
import type { Surroundings } from '../environment.ts';
import type { Claims } from '../token.ts';
import { Adoption } from './adoption.ts';
import type { Orphan, StoredOutbox } from './stored-outbox.ts';

const SEARCH_MILLIS = 10_000;

/** Finds outboxes whose page is gone, and has what they hold sent, one after the other. */
export class Adopter {
  /** By conversation: blocks on their way, for the pages that are here to show. */
  private readonly blocks = new Map<string, Map<string, Block>>();
  private readonly adoptions = new Set<Adoption>();
  /** The outbox that a link's blocks were shown from last. */
  private readonly shownFrom = new WeakMap<ConversationLink, string>();
  private previous: Promise<void> = Promise.resolve();
  private cancelSearch: (() => void) | undefined;
  private isStopped = false;
  private closing: Promise<void> = Promise.resolve();
  private claims: Claims | undefined;

  constructor(
    private readonly outbox: StoredOutbox,
    private readonly dialling: Omit<ConnectionOptions, 'session'>,
    private readonly around: Surroundings,
    private readonly newSession: () => string,
    private readonly updated: (link: ConversationLink, outcome: Outcome) => void,
  ) {}

  /** Opens the outboxes of a principal, and begins to look for orphans, now and then. */
  async open(principal: string, claims: Claims | undefined): Promise<void> {
    await this.outbox.open(principal);
    this.claims = claims;
    this.search();
  }

  /** After `stop` or `close`: takes an outbox anew, and looks for orphans again. */
  async resume(): Promise<void> {
    await this.closing;
    this.isStopped = false;
    await this.outbox.reclaim();
    this.search();
  }

  /** Leaves everything for others, at once: the page may not run any more after this. */
  stop(): void {
    this.end();
    this.outbox.release();
  }

  /** Likewise, but for what the page's own outbox is about to take in. */
  close(written: Promise<unknown>): void {
    this.end();
    this.closing = written.then(() => {
      this.outbox.release();
    });
  }

  /** What others wrote in the conversation that is on its way; it changes as that goes on. */
  blocksOf(target: ConversationTarget): Map<string, Block> {
    const key = keyOf(target);
    const blocks = this.blocks.get(key) ?? new Map<string, Block>();
    this.blocks.set(key, blocks);
    return blocks;
  }

  private end(): void {
    this.isStopped = true;
    this.cancelSearch?.();
    this.adoptions.forEach((adoption) => {
      adoption.stop();
    });
  }

  private search(): void {
    const { claims } = this;
    this.cancelSearch?.();
    if (claims && !this.isStopped) {
      this.outbox.watchOrphans((orphan) => this.adopt(claims, orphan)).catch(noop);
      this.cancelSearch = this.around.clock.after(SEARCH_MILLIS, () => {
        this.search();
      });
    }
  }

  private async adopt(claims: Claims, orphan: Orphan): Promise<void> {
    const options = { ...this.dialling, session: this.newSession() };
    const adoption = new Adoption(claims, orphan, this.outbox, options, this.around, (link, outcome) => {
      this.show(link, outcome);
    });
    adoption.links.forEach((link) => {
      this.show(link, NOTHING);
    });
    this.adoptions.add(adoption);
    const done = this.previous.then(() => adoption.run());
    this.previous = done.catch(noop);
    await done;
    this.adoptions.delete(adoption);
  }

  private show(link: ConversationLink, outcome: Outcome): void {
    const { target, replica } = link;
    const blocks = this.blocksOf(target);
    const before = this.shownFrom.get(link);
    if (before !== undefined && before !== replica.outbox) {
      // It goes on under another outbox, and what it creates has other names there.
      [...blocks.keys()].filter((id) => id.startsWith(`${before}.`)).forEach((id) => blocks.delete(id));
    }
    this.shownFrom.set(link, replica.outbox);
    replica.blocks().forEach((block) => blocks.set(block.id, block));
    outcome.unsent.forEach(({ block }) => blocks.delete(block));
    this.updated(link, outcome);
  }
}

function noop(): void {
  return;
}
