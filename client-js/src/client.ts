import { base64Url } from './bytes.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { ConversationHandle } from './conversation-handle.ts';
import { ConversationLink } from './conversation-link.ts';
import { type ConversationTarget, DEFAULT_NAME, isAbout, keyOf } from './conversation-target.ts';
import { NOTHING } from './conversation/replica.ts';
import type { Block } from './conversation/state.ts';
import { type Environment, type Surroundings, surroundings } from './environment.ts';
import { ParleyError, type ParleyErrorCode } from './errors.ts';
import { Events } from './events.ts';
import { InboxHandle } from './inbox.ts';
import { Adopter } from './outbox/adopter.ts';
import { MemoryOutbox } from './outbox/memory-outbox.ts';
import type { Outbox } from './outbox/outbox.ts';
import { StoredOutbox } from './outbox/stored-outbox.ts';
import { Users } from './outbox/users.ts';
import { wellFormed } from './ot/text.ts';
import { SnapshotStore } from './snapshot/snapshot-store.ts';
import { HubWorker } from './tabs/hub-worker.ts';
import { KeyRing } from './tabs/key-ring.ts';
import { Overlay } from './tabs/overlay.ts';
import { type Meeting, type TabsOption, meetingOf } from './tabs/rung.ts';
import { Tabs, type TabStats } from './tabs/tabs.ts';
import { type Claims, claimsOf, isGood, principalOf } from './token.ts';
import type { TransportName } from './transport/transport-choice.ts';
import { PROTOCOL_VERSION } from './wire/protocol.ts';
import type {
  Author,
  ClientFrame,
  Inbox,
  Init,
  Limits,
  OpenFailed,
  Opened,
  ServerFrame,
  Visit,
  Welcome,
} from './wire/wire.ts';

export interface ClientOptions extends Environment {
  /** Of the gateway's socket: `wss://…`. */
  readonly url: string;
  /**
   * Gives a token that is valid now. Called before each connection, by one of the tabs that share it. For another connection the
   * last one does, while it is good, if this takes more than 3 s.
   */
  readonly token: () => Promise<string>;
  /** Where unanswered work waits: `idb` (the default) survives the page, `memory` does not. */
  readonly outbox?: 'idb' | 'memory';
  /** How the tabs of this browser share one socket; `auto` by default. */
  readonly tabs?: TabsOption;
  /** Told to the gateway for its operator's eyes. */
  readonly name?: string;
}

export interface ClientEvents {
  state: ConnectionState;
  /** The visitor has another conversation, which this client did not open. */
  conversation: ConversationHandle;
  error: ParleyError;
}

export interface ClientStats {
  readonly state: ConnectionState['name'];
  /** What the connection is made of; undefined while another tab has it. */
  readonly transport: TransportName | undefined;
  /** How often a gateway welcomed this client. */
  readonly connections: number;
  /** Of the last heartbeat; undefined before the first. */
  readonly roundTripMillis: number | undefined;
  readonly conversations: number;
  /** Submissions without an answer. */
  readonly pending: number;
  readonly unsent: number;
  /** How often what was shown was not what the log says, and was loaded anew. */
  readonly divergences: number;
  /** How this tab shares the socket of the browser. */
  readonly tabs: TabStats;
}

/** @internal Something that is not in every script. */
export interface ClientPart {
  /** What it has to say on a new connection. */
  greeting(): Init<ClientFrame>[];
  received(frame: ServerFrame): void;
}

interface Member {
  readonly link: ConversationLink;
  readonly handle: ConversationHandle;
  isClosing: boolean;
}

const SESSION_BYTES = 16;
const PAGE_LENGTH_MAX = 512;
const TITLE_LENGTH_MAX = 200;
const SOLO: TabStats = {
  ...{ rung: 'off', role: 'solo', epoch: 0, failovers: 0, ports: 0 },
  bus: { received: 0, foreign: 0, stale: 0 },
};
const UNKNOWN: Author = { subject: '', role: 'ROLE_UNSPECIFIED', name: '' };

/** Makes a client. Nothing outside of it is touched before `connect()`. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/** A connection to one gateway as one principal, and the conversations on it. */
export class Client {
  private readonly events = new Events<ClientEvents>();
  private readonly around: Surroundings;
  private readonly connection: Connection;
  private readonly outbox: Outbox;
  private readonly members = new Map<string, Member>();
  private readonly byHandle = new Map<number, Member>();
  private readonly adopter: Adopter | undefined;
  private readonly inboxes = new Map<string, InboxHandle>();
  private readonly parts: ClientPart[] = [];
  private keys: KeyRing | undefined;
  private snapshots: SnapshotStore | undefined;
  private tabs: Tabs | undefined;
  private readonly overlay: Overlay;
  private worker: HubWorker | undefined;
  private visited: Visit | undefined;
  private principal: string | undefined;
  private lastToken: string | undefined;
  private self = UNKNOWN;
  private limits: Limits | undefined;
  private connections = 0;
  /** Once it is known whose client this is. */
  private opening: Promise<void> | undefined;
  /** Counts how often the page fell asleep and woke up. */
  private turns = 0;
  private hasEnded = false;
  /** From its outbox, which is another one afterwards. */
  private isParted = false;
  private resumption: Promise<void> = Promise.resolve();

  constructor(private readonly options: ClientOptions) {
    this.around = surroundings(options);
    const { random } = this.around;
    const { clock, indexedDB, locks } = this.around;
    const newSession = () => base64Url(random.bytes(SESSION_BYTES));
    const dialling = {
      ...{ url: options.url, token: () => this.token(), client: options.name ?? '' },
      WebSocket: () => this.tabs?.WebSocket,
    };
    if (options.outbox !== 'memory' && indexedDB && locks) {
      const stored = new StoredOutbox(options.url, { clock, random, indexedDB, locks });
      this.outbox = stored;
      this.adopter = new Adopter(stored, dialling, this.around, newSession, ({ target, replica }, outcome) => {
        this.overlay.update(target, replica);
        this.members.get(keyOf(target))?.link.show(outcome);
      });
    } else {
      this.outbox = new MemoryOutbox(random);
    }
    this.overlay = new Overlay(
      clock,
      (target) => this.blocksElsewhere(target),
      (target) => {
        this.members.get(keyOf(target))?.handle.updated(NOTHING);
      },
    );
    this.connection = new Connection({ ...dialling, session: newSession() }, this.around, {
      prepare: (token) => this.prepare(token),
      greeting: () => this.greeting(),
      welcomed: (welcome, isRefresh) => {
        this.welcomed(welcome, isRefresh);
      },
      received: (frame) => {
        this.received(frame);
      },
      disconnected: () => {
        this.disconnected();
      },
      suspended: () => {
        this.suspended();
      },
      resumed: () => {
        this.resumption = this.resumed();
      },
      stateChanged: (state) => {
        this.events.emit('state', state);
      },
      failed: (error) => {
        this.events.emit('error', error);
      },
    });
  }

  /** Listens until the returned function is called or the signal is aborted. */
  readonly on = this.events.on.bind(this.events);

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Who the client is, once the token or the gateway told. */
  get author(): Author {
    return this.self;
  }

  /** @internal What this tab is to the others of the browser. */
  get tabRole(): TabStats['role'] {
    return this.tabs?.role ?? SOLO.role;
  }

  connect(): void {
    if (this.hasEnded) {
      this.hasEnded = false;
      this.part();
      this.resumption = this.resumed();
    }
    this.connection.connect();
  }

  /** Ends the connection. What is in the outbox goes out on the next visit. */
  close(): void {
    this.end('CLOSED');
  }

  private end(reason: ParleyErrorCode): void {
    this.hasEnded = true;
    this.connection.close(reason);
    this.adopter?.close(Promise.all([...this.members.values()].map(({ link }) => link.durable())));
    this.worker?.leave();
    this.tabs?.leave();
    this.members.forEach(({ handle }) => {
      handle.abandoned();
    });
  }

  /**
   * Ends all clients of this user in this browser: nothing of what they showed is shown or kept any more. What the outbox has
   * waits there until the user is back. Resolves when that is done here.
   */
  async signOut(): Promise<void> {
    this.tabs?.signOut();
    await this.signedOut();
  }

  /** The conversation; the same one however often it is asked for. */
  conversation(target: ConversationTarget): ConversationHandle {
    const normal = 'name' in target ? { name: target.name || DEFAULT_NAME } : target;
    const known = this.members.get(keyOf(normal));
    if (known) {
      known.isClosing = false;
      return known.handle;
    }
    const { link, handle } = this.join(normal);
    if (this.principal !== undefined) {
      void link.prime().then(() => {
        if (this.connection.isOpen && link.state === 'closed') {
          this.connection.send([link.open()]);
        }
      });
    }
    return handle;
  }

  /** The list of conversations of a kind, which only staff may see. */
  inbox(kind: 'CHAT' | 'ARTICLE' = 'CHAT'): InboxHandle {
    const known = this.inboxes.get(kind);
    if (known) {
      return known;
    }
    const inbox = new InboxHandle(kind, (frames) => {
      this.connection.send(frames);
    });
    this.inboxes.set(kind, inbox);
    this.connection.send([inbox.watch()]);
    return inbox;
  }

  /** Tells staff which page of the site this visitor is on; an empty one: none. */
  visit(page: string, title = ''): void {
    const path = wellFormed(page.replace(/[?#].*/s, '').slice(0, PAGE_LENGTH_MAX));
    this.visited = { page: path, title: wellFormed(title.slice(0, TITLE_LENGTH_MAX)) };
    this.connection.send([{ visit: this.visited }]);
  }

  /** @internal */
  send(frames: readonly Init<ClientFrame>[]): void {
    this.connection.send(frames);
  }

  /** @internal Takes part in each connection from now on. */
  attach(part: ClientPart): void {
    this.parts.push(part);
    if (this.connection.isOpen) {
      this.connection.send(part.greeting());
    }
  }

  stats(): ClientStats {
    const links = [...this.members.values()].map(({ link }) => link);
    return {
      state: this.state.name,
      transport: this.tabs ? this.tabs.transport : this.connection.transport,
      connections: this.connections,
      roundTripMillis: this.connection.roundTripMillis,
      conversations: links.length,
      pending: links.reduce((sum, { replica }) => sum + replica.pending.length, 0),
      unsent: links.reduce((sum, { unsent }) => sum + unsent.length, 0),
      tabs: this.tabs?.stats ?? SOLO,
      divergences: links.reduce((sum, { divergenceCount }) => sum + divergenceCount, 0),
    };
  }

  private async signedOut(): Promise<void> {
    const links = [...this.members.values()].map(({ link }) => link);
    await Promise.all(links.map((link) => link.durable()));
    this.end('SIGNED_OUT');
    links.forEach((link) => {
      link.forget();
      this.blocksElsewhere(link.target).clear();
    });
    await this.snapshots?.clear();
    this.snapshots = undefined;
  }

  private join(target: ConversationTarget): Member {
    const link = new ConversationLink(
      target,
      { self: this.self },
      {
        clock: this.around.clock,
        random: this.around.random,
        outbox: this.outbox,
        snapshots: () => this.snapshots,
        savesSnapshots: () => this.tabRole !== 'follower' || this.around.document?.visibilityState !== 'hidden',
        limits: () => this.limits,
        send: (frames) => {
          this.connection.send(frames);
        },
        sendBytes: (bytes) => {
          this.connection.sendBytes(bytes);
        },
      },
      {
        updated: (outcome) => {
          this.overlay.update(target, link.replica);
          handle.updated(outcome);
          this.leaveIfDone(member);
        },
        failed: (error) => {
          handle.failed(error);
        },
        peersChanged: () => {
          handle.peersChanged();
        },
      },
    );
    const handle = new ConversationHandle(
      link,
      this.blocksElsewhere(target),
      () => this.limits,
      () => {
        member.isClosing = true;
        this.leaveIfDone(member);
      },
    );
    const member: Member = { link, handle, isClosing: false };
    this.members.set(keyOf(target), member);
    if (this.isParted) {
      link.part();
    }
    if (this.principal !== undefined) {
      link.bind();
    }
    return member;
  }

  /** What other tabs wrote that is on its way. */
  private blocksElsewhere(target: ConversationTarget): Map<string, Block> {
    return this.adopter?.blocksOf(target) ?? new Map<string, Block>();
  }

  private leaveIfDone({ link, handle, isClosing }: Member): void {
    if (isClosing && link.replica.pending.length === 0) {
      this.members.delete(keyOf(link.target));
      link.leave();
      handle.abandoned();
    }
  }

  private suspended(): void {
    this.turns++;
    this.worker?.leave();
    this.tabs?.leave();
    if (this.opening) {
      this.adopter?.stop();
      this.part();
    }
  }

  private part(): void {
    if (this.adopter) {
      this.isParted = true;
      this.members.forEach(({ link }) => {
        link.part();
      });
    }
  }

  /** The page may fall asleep again meanwhile. */
  private async resumed(): Promise<void> {
    const turn = ++this.turns;
    if (this.opening) {
      await this.opening;
      await this.adopter?.resume();
      const links = [...this.members.values()].map(({ link }) => link);
      await Promise.all(links.map((link) => link.durable()));
      if (turn === this.turns && this.adopter) {
        this.isParted = false;
        this.members.forEach(({ link }) => {
          link.rebind();
        });
      }
    }
  }

  /** The gateway gets that of the leading tab: on the way to that tab the last one will do. */
  private token(): Promise<string> {
    const { lastToken, around } = this;
    const isEnough = this.tabs && lastToken !== undefined && isGood(lastToken, around.clock.nowMillis());
    return isEnough ? Promise.resolve(lastToken) : this.options.token();
  }

  private async prepare(token: string): Promise<void> {
    await this.resumption;
    const claims = claimsOf(token);
    this.lastToken = token;
    const principal = principalOf(claims);
    if (this.principal !== undefined && this.principal !== principal) {
      throw new ParleyError('OTHER_PRINCIPAL');
    }
    await this.enterTabs(principal, token);
    this.opening ??= this.open(principal, claims);
    await this.opening;
  }

  private async open(principal: string, claims: Claims | undefined): Promise<void> {
    await this.adopter?.open(principal, claims);
    this.principal = principal;
    this.become(claims?.author ?? UNKNOWN);
    const { indexedDB, clock } = this.around;
    if (this.adopter && indexedDB) {
      const name = `parley/${this.options.url}/${principal}/snapshots`;
      const nowMillis = clock.nowMillis.bind(clock);
      this.snapshots = new SnapshotStore(indexedDB, name, nowMillis);
      new Users(indexedDB, this.options.url, nowMillis).remember(principal).catch(noop);
    }
    const links = [...this.members.values()].map(({ link }) => link);
    links.forEach((link) => {
      link.bind();
    });
    await Promise.all(links.map((link) => link.prime()));
  }

  /** From here on the socket is that of all tabs of the principal, unless they have no key to sign with. */
  private async enterTabs(principal: string, token: string): Promise<void> {
    const { tabs: option = 'auto', url, token: newToken } = this.options;
    const meeting = meetingOf(option, this.around);
    this.keys ??= meeting && new KeyRing(url, principal, this.around, newToken);
    if (meeting && this.keys && (await this.keys.load(token))) {
      this.tabs ??= this.meet(meeting, option, this.keys, principal);
      await this.worker?.enter(token);
      await this.tabs.enter(token);
    }
  }

  private meet({ rung, locks, channels }: Meeting, option: TabsOption, keys: KeyRing, principal: string): Tabs {
    const { url, token, name: client = '' } = this.options;
    const around = { ...this.around, locks, channels };
    const scope = `parley/${PROTOCOL_VERSION}/${url}/${principal}/${rung === 'lease' ? 'lease/' : ''}`;
    if (typeof option === 'object' && rung === 'lock') {
      this.worker = new HubWorker(option.worker, keys, { url, client, principal, scope }, token, around);
    }
    const dialling = { url, token, client, session: '' };
    return new Tabs(scope, keys, dialling, around, principal, rung, this.overlay, () => {
      void this.signedOut();
    });
  }

  private become(self: Author): void {
    this.self = self;
    this.members.forEach(({ link }) => {
      link.replica.self = self;
    });
  }

  private greeting(): Init<ClientFrame>[] {
    const opens = [...this.members.values()].map(({ link }) => link.open());
    const watches = [...this.inboxes.values()].map((inbox) => inbox.watch());
    return [...opens, ...watches, ...this.presence()];
  }

  /** What the gateway forgets of who is here when the connection or the person is another. */
  private presence(): Init<ClientFrame>[] {
    return [...(this.visited ? [{ visit: this.visited }] : []), ...this.parts.flatMap((part) => part.greeting())];
  }

  private welcomed({ principal, limits }: Welcome, isRefresh: boolean): void {
    this.connections += isRefresh ? 0 : 1;
    this.limits = limits;
    const before = this.self;
    this.become(principal ?? before);
    if (isRefresh && (this.self.role !== before.role || this.self.name !== before.name)) {
      this.members.forEach(({ link }) => {
        link.presence.opened();
      });
      this.connection.send(this.presence());
    }
    this.tellIfSynced();
  }

  private disconnected(): void {
    this.byHandle.clear();
    this.members.forEach(({ link }) => {
      link.disconnected();
    });
  }

  private received(frame: ServerFrame): void {
    if (frame.opened) {
      this.opened(frame.opened);
    } else if (frame.openFailed) {
      this.openFailed(frame.openFailed);
    } else if (frame.entries) {
      this.byHandle.get(frame.entries.handle)?.link.received(frame.entries);
    } else if (frame.answer) {
      this.byHandle.get(frame.answer.handle)?.link.answered(frame.answer);
    } else if (frame.blocksPage) {
      this.byHandle.get(frame.blocksPage.handle)?.link.receiveOlder(frame.blocksPage);
    } else if (frame.delivered) {
      this.byHandle.get(frame.delivered.handle)?.link.receiveDelivered(frame.delivered);
    } else if (frame.peers) {
      this.byHandle.get(frame.peers.handle)?.link.presence.receive(frame.peers);
    } else if (frame.inbox) {
      this.inboxReceived(frame.inbox);
    }
    this.parts.forEach((part) => {
      part.received(frame);
    });
  }

  /** A page is that of the inbox that asked for one first; a change says of each row which inbox it is in. */
  private inboxReceived(frame: Inbox): void {
    for (const [kind, inbox] of this.inboxes) {
      if (frame.page ? frame.kind === kind : frame.rows.some((row) => row.kind === kind)) {
        inbox.received({ ...frame, rows: frame.rows.filter((row) => row.kind === kind) });
      }
    }
  }

  private opened(opened: Opened): void {
    const known = this.memberOf(opened);
    const member = known ?? this.join({ name: opened.name || DEFAULT_NAME });
    this.byHandle.set(opened.handle, member);
    member.link.opened(opened);
    if (!known) {
      this.events.emit('conversation', member.handle);
    }
    this.tellIfSynced();
  }

  private openFailed(failed: OpenFailed): void {
    this.memberOf(failed)?.link.openFailed(failed);
    this.tellIfSynced();
  }

  private memberOf(frame: Opened | OpenFailed): Member | undefined {
    return [...this.members.values()].find(({ link }) => isAbout(link.target, frame));
  }

  private tellIfSynced(): void {
    if ([...this.members.values()].every(({ link }) => link.state !== 'opening')) {
      this.connection.synced();
    }
  }
}

function noop(): void {
  return;
}
