import { base64Url } from '../bytes.ts';
import { Connection, type ConnectionOptions } from '../connection.ts';
import type { Surroundings } from '../environment.ts';
import { ParleyError } from '../errors.ts';
import { type HeldLock, waitForLock } from '../outbox/lock.ts';
import { claimsOf, isGood, principalOf } from '../token.ts';
import type { WebSocketConstructor } from '../transport/socket.ts';
import type { TransportName } from '../transport/transport-choice.ts';
import { Bus, type BusStats } from './bus.ts';
import type { Channels } from './channels.ts';
import { Election } from './election.ts';
import { Hub } from './hub.ts';
import type { KeyRing } from './key-ring.ts';
import type { Overlay } from './overlay.ts';
import type { Rung } from './rung.ts';
import { sessionOf } from './session.ts';
import { type SocketHost, socketWorker } from './socket-worker.ts';
import { type Leader, TabSocket, hubOf } from './tab-socket.ts';

/** What the tabs of a browser need to be one client. */
export interface TabSurroundings extends Surroundings {
  readonly locks: LockManager;
  readonly channels: Channels;
}

/** How this tab takes part. */
export interface TabStats {
  /** How the tabs share the socket. */
  readonly rung: Rung;
  /** `solo`: with a socket of its own. */
  readonly role: 'leader' | 'follower' | 'solo';
  /** Of the present leader; 0: none is known. */
  readonly epoch: number;
  /** How often another tab began to lead since this one is here. */
  readonly failovers: number;
  /** Clients that this leader serves, its own among them. */
  readonly ports: number;
  readonly bus: BusStats;
}

const ID_BYTES = 9;
/** What the name of one that is no tab begins with. */
const WORKER = 'worker.';

/**
 * The tabs of one principal in this browser: one of them has the socket to the gateway, and each has sockets that lead to
 * that tab.
 */
export class Tabs {
  private readonly tab: string;
  private readonly bus: Bus;
  private readonly election: Election;
  private readonly sockets = new Map<string, TabSocket>();
  private leader: Leader | undefined;
  private hub: Hub | undefined;
  private host: SocketHost | undefined;
  /** Started before it is needed, since this tab is the next that leads. */
  private prepared: Promise<SocketHost | undefined> | undefined;
  private ownLock: HeldLock | undefined;
  private failovers = 0;
  private ports = 0;
  private isHere = false;
  /** Counts them, so that one that the tab left again meanwhile does nothing more. */
  private entries = 0;
  /** That this tab came with, for the first dial if it leads. */
  private token: string | undefined;

  constructor(
    /** Of the gateway and the principal. */
    private readonly scope: string,
    private readonly keys: KeyRing,
    private readonly dialling: ConnectionOptions,
    private readonly around: TabSurroundings,
    private readonly principal: string,
    private readonly rung: Rung,
    private readonly overlay: Overlay | undefined,
    /** Somebody signed out in another tab. */
    private readonly signedOut: () => void,
  ) {
    this.tab = (rung === 'worker' ? WORKER : '') + base64Url(around.random.bytes(ID_BYTES));
    this.bus = this.newBus(this.tab);
    this.election = new Election(
      around.locks,
      `${scope}leader`,
      this.bus,
      around.clock,
      {
        isNext: async () => {
          this.prepared ??= socketWorker(around.clock);
          return (await this.prepared)?.clock;
        },
        elected: (epoch) => {
          this.elected(epoch);
        },
        deposed: () => {
          this.deposed();
        },
        follows: (tab, epoch) => {
          this.follow({ tab, epoch });
        },
        isVisible: () => around.document?.visibilityState !== 'hidden',
      },
      rung !== 'lease',
    );
    around.document?.addEventListener('visibilitychange', () => {
      if (this.isHere && around.document?.visibilityState === 'visible') {
        this.election.appeared();
        if (this.leader) {
          this.bus.post(hubOf(this.leader), { kind: 'wake' });
        }
      }
    });
  }

  /** Leads to the gateway, through whichever tab has the connection. */
  get WebSocket(): WebSocketConstructor {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the class below has a this of its own
    const tabs = this;
    return class extends TabSocket {
      constructor() {
        const port = `${tabs.tab}/${++tabs.ports}`;
        super(tabs.bus, port, () => {
          tabs.sockets.delete(port);
        });
        tabs.sockets.set(port, this);
        if (tabs.leader) {
          this.follow(tabs.leader);
        }
      }
    };
  }

  /** Of the connection to the gateway, if this tab has it. */
  get transport(): TransportName | undefined {
    return this.hub?.transport;
  }

  get role(): TabStats['role'] {
    return this.election.isLeader ? 'leader' : 'follower';
  }

  get stats(): TabStats {
    const { failovers, bus, hub, leader, role } = this;
    const rung = leader?.tab.startsWith(WORKER) ? 'worker' : this.rung;
    return { rung, role, epoch: leader?.epoch ?? 0, failovers, ports: hub?.portCount ?? 0, bus: bus.stats };
  }

  /** Takes part from here on, also again after `leave`. */
  async enter(token: string): Promise<void> {
    if (!this.isHere) {
      this.isHere = true;
      this.token = token;
      const entry = ++this.entries;
      const lock = await waitForLock(this.around.locks, this.lockOf(this.tab), new AbortController().signal).catch(
        noop,
      );
      if (entry !== this.entries) {
        lock?.release();
        return;
      }
      this.ownLock = lock;
      this.bus.listen(`tab/${this.tab}`, (message) => {
        this.sockets.get(String(message.head['port']))?.heard(message);
      });
      this.bus.listen('all', ({ head }) => {
        if (head.kind === 'signOut') {
          this.signedOut();
        }
      });
      this.overlay?.start(this.bus, async (other) => {
        const { held = [] } = await this.around.locks.query();
        return held.some(({ name }) => name === this.lockOf(other));
      });
      this.election.enter();
    }
  }

  /** The tab goes to sleep, or away. */
  leave(): void {
    this.isHere = false;
    this.entries++;
    this.election.leave();
    void this.prepared?.then((host) => host?.close());
    this.prepared = undefined;
    this.overlay?.stop();
    this.bus.pause();
    this.ownLock?.release();
    this.ownLock = undefined;
    this.leader = undefined;
  }

  /** Tells the other tabs that the principal is gone. */
  signOut(): void {
    this.bus.post('all', { kind: 'signOut' });
  }

  /** Of two leaders with one epoch the one that still beats leads: the other is gone, unless it is this tab, which has the lock. */
  private follow(leader: Leader): void {
    const { tab, epoch = 0 } = this.leader ?? {};
    if (leader.epoch > epoch || (leader.epoch === epoch && leader.tab !== tab && !this.hub)) {
      this.failovers += this.leader ? 1 : 0;
      this.leader = leader;
      [...this.sockets.values()].forEach((socket) => {
        socket.follow(leader);
      });
    }
  }

  private elected(epoch: number): void {
    const bus = this.newBus(hubOf({ tab: this.tab, epoch }));
    const hub = new Hub(bus, epoch, {
      prepare: (token) =>
        principalOf(claimsOf(token)) === this.principal
          ? Promise.resolve()
          : Promise.reject(new ParleyError('OTHER_PRINCIPAL')),
      watchTab: (tab, gone) => this.watchTab(tab, gone),
      superseded: () => {
        this.election.leave();
        this.election.enter();
      },
    });
    this.hub = hub;
    this.follow({ tab: this.tab, epoch });
    this.election.startBeating(this.around.clock);
    void this.start(hub);
  }

  private async start(hub: Hub): Promise<void> {
    const starting = this.prepared ?? socketWorker(this.around.clock);
    this.prepared = undefined;
    const host = await starting;
    if (this.hub !== hub) {
      host?.close();
      return;
    }
    this.host = host;
    const { WebSocket, clock } = host ?? this.around;
    const session = sessionOf(this.scope, this.around);
    const dialling = { ...this.dialling, token: () => this.takeToken(), session };
    hub.start(new Connection(dialling, { ...this.around, WebSocket, clock }, hub), clock);
    this.election.startBeating(clock);
  }

  private deposed(): void {
    this.hub?.stop();
    this.hub = undefined;
    // Who leads may have been elected before this tab was, and is not to be taken for an old one.
    if (this.leader?.tab === this.tab) {
      this.leader = undefined;
    }
    this.host?.close();
    this.host = undefined;
  }

  private takeToken(): Promise<string> {
    const { token } = this;
    this.token = undefined;
    const isEnough = token !== undefined && isGood(token, this.around.clock.nowMillis());
    return isEnough ? Promise.resolve(token) : this.dialling.token();
  }

  private watchTab(tab: string, gone: () => void): () => void {
    const stop = new AbortController();
    waitForLock(this.around.locks, this.lockOf(tab), stop.signal).then((lock) => {
      lock.release();
      gone();
    }, noop);
    return () => {
      stop.abort();
    };
  }

  private lockOf(tab: string): string {
    return `${this.scope}tab/${tab}`;
  }

  private newBus(self: string): Bus {
    return new Bus(this.around.channels, this.scope, self, this.keys);
  }
}

function noop(): undefined {
  return undefined;
}
