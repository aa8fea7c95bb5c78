import { Connection, type ConnectionOptions } from '../connection.ts';
import { ConversationLink } from '../conversation-link.ts';
import { type ConversationTarget, isAbout, keyOf } from '../conversation-target.ts';
import type { Outcome } from '../conversation/replica.ts';
import type { Surroundings } from '../environment.ts';
import { ParleyError } from '../errors.ts';
import { type Claims, claimsOf } from '../token.ts';
import type { Limits, ServerFrame } from '../wire/wire.ts';
import type { Lane, Outbox } from './outbox.ts';
import type { Orphan, StoredOutbox } from './stored-outbox.ts';

/**
 * Sends what a page that is gone left in its outbox, under its outbox id and seqs and from the positions that it had
 * stored: nothing is needed of the memory of that page. It has a connection of its own while that lasts.
 */
export class Adoption {
  readonly links: readonly ConversationLink[];
  private readonly connection: Connection;
  private limits: Limits | undefined;
  private readonly outbox: OrphanOutbox;
  private readonly drained: Promise<void>;
  private finish!: () => void;
  private isStopped = false;

  constructor(
    private readonly claims: Claims,
    orphan: Orphan,
    pool: StoredOutbox,
    options: ConnectionOptions,
    around: Surroundings,
    updated: (link: ConversationLink, outcome: Outcome) => void,
  ) {
    this.drained = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.connection = new Connection(options, around, {
      prepare: (token) => this.prepare(token),
      greeting: () => this.links.map((link) => link.open()),
      welcomed: ({ limits }) => {
        this.limits = limits;
      },
      received: (frame) => {
        this.received(frame);
      },
      disconnected: () => {
        this.links.forEach((link) => {
          link.disconnected();
        });
      },
      suspended: noop,
      resumed: noop,
      stateChanged: ({ name }) => {
        if (name === 'closed') {
          this.finish();
        }
      },
      failed: noop,
    });
    this.outbox = new OrphanOutbox(orphan, pool);
    const host = {
      clock: around.clock,
      random: around.random,
      outbox: this.outbox,
      limits: () => this.limits,
      send: this.connection.send.bind(this.connection),
      sendBytes: this.connection.sendBytes.bind(this.connection),
    };
    this.links = orphan.lanes.map(({ target, content: { pending, position } }) => {
      const seed = { self: claims.author, pending, position, headless: true };
      const link: ConversationLink = new ConversationLink(target, seed, host, {
        updated: (outcome) => {
          updated(link, outcome);
          this.finishIfDrained();
        },
        failed: noop,
        peersChanged: noop,
      });
      link.bind();
      return link;
    });
  }

  /** Resolves when all is answered and the outbox knows it, or when that is not to be had on this visit. */
  async run(): Promise<void> {
    if (!this.isStopped) {
      this.connection.connect();
    }
    await this.drained;
    this.connection.close();
    await Promise.all(this.links.map((link) => link.durable()));
    this.outbox.leave();
  }

  /** Leaves what is left for somebody else. */
  stop(): void {
    this.isStopped = true;
    this.connection.close();
  }

  private prepare(token: string): Promise<void> {
    const claims = claimsOf(token);
    return claims?.tenant === this.claims.tenant && claims.author.subject === this.claims.author.subject
      ? Promise.resolve()
      : Promise.reject(new ParleyError('OTHER_PRINCIPAL'));
  }

  private received({ opened, openFailed, entries, answer }: ServerFrame): void {
    if (opened) {
      const link = this.links.find(({ target }) => isAbout(target, opened));
      if (link) {
        link.opened(opened);
      } else {
        this.connection.send([{ leave: { handle: opened.handle } }]);
      }
    } else if (openFailed) {
      this.links.find((link) => isAbout(link.target, openFailed))?.openFailed(openFailed);
    } else if (entries) {
      this.links.find((link) => link.handle === entries.handle)?.received(entries);
    } else if (answer) {
      this.links.find((link) => link.handle === answer.handle)?.answered(answer);
    }
    this.finishIfDrained();
  }

  private finishIfDrained(): void {
    if (this.links.every(({ replica, state }) => replica.pending.length === 0 || state === 'failed')) {
      this.finish();
    }
  }
}

/** An orphaned outbox as its adoption sees it: new work there is none, but it may have to move. */
class OrphanOutbox implements Outbox {
  private readonly renewed: string[] = [];

  constructor(
    private readonly orphan: Orphan,
    private readonly pool: StoredOutbox,
  ) {}

  id(): string {
    return this.orphan.outbox;
  }

  renew(): string {
    const outbox = this.pool.mint();
    this.renewed.push(outbox);
    return outbox;
  }

  /** What it moved to is as good as any other from here on, and an orphan if there is work left in it. */
  leave(): void {
    this.renewed.forEach((outbox) => {
      this.pool.leave(outbox);
    });
  }

  lane(outbox: string, target: ConversationTarget): Lane {
    const left = this.orphan.lanes.find((lane) => keyOf(lane.target) === keyOf(target));
    return left && outbox === this.orphan.outbox
      ? this.pool.laneWith(outbox, target, left.content)
      : this.pool.lane(outbox, target);
  }

  creates(blocks: readonly string[]): Promise<boolean> {
    return this.pool.creates(blocks);
  }

  unsent(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  dismiss(unsentId: string): Promise<void> {
    return this.pool.dismiss(unsentId);
  }
}

function noop(): void {
  return;
}
