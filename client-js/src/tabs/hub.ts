import type { ConnectionState, ConnectionUser } from '../connection.ts';
import type { TransportName } from '../transport/transport-choice.ts';
import type { Clock } from '../clock.ts';
import { DEFAULT_NAME } from '../conversation-target.ts';
import type { ParleyError } from '../errors.ts';
import { CloseCode } from '../wire/close-code.ts';
import {
  type ClientFrame,
  ClientFrames,
  type Failure,
  type Init,
  type Open,
  type OpenFailed,
  type Opened,
  type ServerFrame,
  ServerFrames,
  type Submit,
  type Welcome,
  decode,
  encode,
} from '../wire/wire.ts';
import type { Bus, Message } from './bus.ts';

/** What the hub needs of the connection to the gateway. */
export interface Upstream {
  readonly transport: TransportName;
  readonly isOpen: boolean;
  connect(): void;
  close(): void;
  send(frames: readonly Init<ClientFrame>[]): void;
  synced(): void;
  wake(): void;
}

/** Who runs the hub. */
export interface HubUser {
  /** Whether the token is the principal's; an error ends the connection. */
  prepare(token: string): Promise<void>;
  /** Tells when a tab is gone, until the returned function is called. */
  watchTab(tab: string, gone: () => void): () => void;
  /** The gateway serves a newer leader of this browser. */
  superseded(): void;
}

/** One client of a tab: it speaks to the hub as it would to the gateway. */
interface Port {
  readonly id: string;
  readonly tab: string;
  /** It has said Hello. */
  isGreeted: boolean;
  /** Until what it asked for may be done: it listens to the group by then. */
  readonly joining: Map<string, Open[]>;
  readonly groups: Set<string>;
  readonly stopWatching: () => void;
}

/** A conversation that is open at the gateway. */
interface Room {
  readonly conversation: string;
  readonly ports: Map<string, Port>;
  readonly lookers: Set<string>;
  /** Where those of its tabs listen who asked for it. */
  readonly groups: Set<string>;
  acknowledged: number;
  /** What a newcomer would not hear again. */
  peers: ServerFrame | undefined;
  readonly readers: Port[];
}

/** Who waited for an answer, and in which group. */
interface Asked {
  readonly group: string;
  readonly ports: readonly Port[];
}

/** Opens of one conversation that wait for their turn, or for the answer. */
interface Opening {
  readonly waiting: { readonly port: Port; readonly open: Open }[];
  asked: readonly Port[];
  askedRevision: number;
  isSent: boolean;
}

/** With one outbox each: a gateway takes no more in one question. */
const ASKED_MAX = 64;
/** Long enough for all tabs to ask after the connection came back. */
const GATHER_MILLIS = 15;

/**
 * The leader's half of the one connection of a browser: to the tabs it is the gateway, to the gateway it is one client.
 *
 *     tab --frames--\                          /-- Opened, answers: to the tab that asked
 *     tab ------------> hub <--- gateway ------
 *     tab --------- /                          \-- entries: once to the group of the conversation
 *
 * It keeps nothing of what conversations hold. Each tab has its own replica and its own outbox, and asks from its own position;
 * tabs that ask for the same from the same position are answered by one.
 */
export class Hub implements ConnectionUser {
  private readonly ports = new Map<string, Port>();
  private readonly rooms = new Map<number, Room>();
  private readonly openings = new Map<string, Opening>();
  /** By outbox: who sent its last submission. */
  private readonly submitters = new Map<string, Port>();
  /** By kind: who waits for a page, in the order of the answers. */
  private readonly pagers = new Map<string, Port[]>();
  private readonly inboxWatchers = new Set<Port>();
  private readonly siteWatchers = new Set<Port>();
  /** By group: how much was said to it. */
  private readonly said = new Map<string, number>();
  private welcome: Welcome | undefined;
  private upstream: Upstream | undefined;
  private clock: Clock | undefined;
  /** What tabs say before the gateway did. */
  private held: Init<ClientFrame>[] = [];
  /** While it is not connected. */
  private retryAtMillis: number | undefined;
  private readonly stopListening: () => void;

  constructor(
    private readonly bus: Bus,
    private readonly epoch: number,
    private readonly user: HubUser,
  ) {
    this.stopListening = bus.listen(bus.self, (message) => {
      this.heard(message);
    });
  }

  get transport(): TransportName | undefined {
    return this.upstream?.transport;
  }

  /** Tabs that are served. */
  get portCount(): number {
    return this.ports.size;
  }

  /** Tabs may be here already. The clock is one that is not slowed down. */
  start(upstream: Upstream, clock: Clock): void {
    this.upstream = upstream;
    this.clock = clock;
    upstream.connect();
  }

  /** Tells all tabs to look for another leader. */
  stop(): void {
    this.stopListening();
    this.upstream?.close();
    this.dropAll(CloseCode.MOVED);
    this.bus.close();
  }

  // The tabs' side.

  private heard({ head, body }: Message): void {
    const id = String(head['port']);
    const port = this.ports.get(id);
    if (head.kind === 'wake') {
      this.upstream?.wake();
    } else if (head.kind === 'connect') {
      this.drop(id);
      this.connected(id, String(head['tab']));
    } else if (head.kind === 'joined' && port) {
      const group = String(head['group']);
      port.groups.add(group);
      port.joining.get(group)?.forEach((open) => {
        this.queue(port, open);
      });
      port.joining.delete(group);
    } else if (head.kind === 'close') {
      this.drop(id);
    } else if (head.kind === 'frames') {
      if (port) {
        decode(ClientFrames, body).frames.forEach((frame) => {
          this.frameFrom(port, frame);
        });
      } else {
        this.post(String(head['tab']), id, 'close', { code: CloseCode.MOVED });
      }
    }
  }

  private connected(id: string, tab: string): void {
    const stopWatching = this.user.watchTab(tab, () => {
      this.drop(id);
    });
    const port = {
      id,
      tab,
      isGreeted: false,
      joining: new Map<string, Open[]>(),
      groups: new Set<string>(),
      stopWatching,
    };
    this.ports.set(id, port);
    this.post(tab, id, 'open');
    this.tellRetry([port]);
  }

  private frameFrom(port: Port, frame: ClientFrame): void {
    const { hello, ping, refresh, open, submit, acknowledge, leave, readBlocks, signal, watchInbox, watchSite } = frame;
    if (hello) {
      port.isGreeted = true;
      this.greet(port);
    } else if (ping) {
      this.tell(port, { pong: ping });
    } else if (refresh) {
      this.greet(port);
    } else if (open) {
      this.join(port, open);
    } else if (submit) {
      this.submit(port, submit);
    } else if (acknowledge) {
      const room = this.rooms.get(acknowledge.handle);
      if (room && acknowledge.revision > room.acknowledged) {
        room.acknowledged = acknowledge.revision;
        this.send(frame);
      }
    } else if (leave) {
      this.leave(port, leave.handle);
    } else if (readBlocks) {
      this.rooms.get(readBlocks.handle)?.readers.push(port);
      this.send(frame);
    } else if (signal) {
      this.signal(port, frame);
    } else {
      if (watchInbox) {
        const kind = watchInbox.kind || 'CHAT';
        this.pagers.set(kind, [...(this.pagers.get(kind) ?? []), port]);
        this.inboxWatchers.add(port);
      } else if (watchSite) {
        this.siteWatchers.add(port);
      }
      this.send(frame);
    }
  }

  private greet(port: Port): void {
    if (this.welcome && port.isGreeted) {
      const { limits } = this.welcome;
      // The hub alone replaces the token, and watches over the connection.
      const own = { tokenExpiresAtMillis: 0, limits: limits && { ...limits, heartbeatMillis: 0 } };
      this.tell(port, { welcome: { ...this.welcome, ...own } });
    }
  }

  /** The tab listens to the group first: nothing may get lost between the answer and what follows it. */
  private join(port: Port, open: Open): void {
    const group = groupOf(open);
    if (port.groups.has(group)) {
      this.queue(port, open);
      return;
    }
    const isAsked = port.joining.has(group);
    port.joining.set(group, [...(port.joining.get(group) ?? []), open]);
    if (!isAsked) {
      this.post(port.tab, port.id, 'join', { group });
    }
  }

  private queue(port: Port, open: Open): void {
    const group = groupOf(open);
    const opening = this.openings.get(group) ?? { waiting: [], asked: [], askedRevision: 0, isSent: false };
    this.openings.set(group, opening);
    opening.waiting.push({ port, open });
    if (opening.waiting.length === 1 && !opening.isSent) {
      this.askSoon(group, opening);
    }
  }

  private askSoon(group: string, opening: Opening): void {
    this.clock?.after(GATHER_MILLIS, () => {
      if (this.openings.get(group) === opening && this.welcome) {
        this.ask(group, opening);
      }
    });
  }

  /** Asks for all that wait at the same position, unless another question is on its way. */
  private ask(group: string, opening: Opening): void {
    const [first] = opening.waiting;
    if (opening.isSent) {
      return;
    }
    if (!first) {
      this.openings.delete(group);
      return;
    }
    const same = opening.waiting.filter(({ open }) => isSamePlace(open, first.open)).slice(0, ASKED_MAX);
    opening.waiting.splice(0, Infinity, ...opening.waiting.filter((each) => !same.includes(each)));
    opening.asked = same.map(({ port }) => port);
    opening.askedRevision = first.open.position?.revision ?? 0;
    opening.isSent = true;
    const open = {
      ...first.open,
      pending: same.some((each) => each.open.pending),
      outboxes: same.flatMap((each) => each.open.outboxes),
    };
    this.send({ open });
  }

  private submit(port: Port, submit: Submit): void {
    this.submitters.set(submit.outbox, port);
    this.send({ submit });
  }

  private leave(port: Port, handle: number): void {
    const room = this.rooms.get(handle);
    room?.ports.delete(port.id);
    room?.lookers.delete(port.id);
    this.leaveIfEmpty(handle);
  }

  /** While somebody else waits for it, leaving would undo what the gateway does for that one. */
  private leaveIfEmpty(handle: number): void {
    const room = this.rooms.get(handle);
    if (room?.ports.size === 0 && ![...room.groups].some((group) => this.openings.has(group))) {
      this.rooms.delete(handle);
      this.send({ leave: { handle } });
    }
  }

  /** The browser is one who looks: it is away when no tab looks any more. */
  private signal(port: Port, frame: ClientFrame): void {
    const { handle = 0, away = false } = frame.signal ?? {};
    const lookers = this.rooms.get(handle)?.lookers;
    if (away) {
      lookers?.delete(port.id);
    } else {
      lookers?.add(port.id);
    }
    if (!away || lookers?.size === 0) {
      this.send(frame);
    }
  }

  private send(frame: Init<ClientFrame>): void {
    if (this.welcome) {
      this.upstream?.send([frame]);
    } else {
      this.held.push(frame);
    }
  }

  private drop(id: string): void {
    const port = this.ports.get(id);
    if (port) {
      this.ports.delete(id);
      port.stopWatching();
      [...this.rooms.keys()].forEach((handle) => {
        this.leave(port, handle);
      });
      this.submitters.forEach((submitter, outbox) => submitter === port && this.submitters.delete(outbox));
      this.inboxWatchers.delete(port);
      this.siteWatchers.delete(port);
    }
  }

  private dropAll(code: number): void {
    for (const port of this.ports.values()) {
      port.stopWatching();
      this.post(port.tab, port.id, 'close', { code });
    }
    this.held = [];
    this.ports.clear();
    this.rooms.clear();
    this.openings.clear();
    this.submitters.clear();
    this.pagers.clear();
    this.inboxWatchers.clear();
    this.siteWatchers.clear();
  }

  // The gateway's side.

  prepare(token: string): Promise<void> {
    return this.user.prepare(token);
  }

  greeting(): Init<ClientFrame>[] {
    return [];
  }

  welcomed(welcome: Welcome): void {
    this.welcome = welcome;
    this.ports.forEach((port) => {
      this.greet(port);
    });
    this.held.splice(0).forEach((frame) => {
      this.send(frame);
    });
    this.openings.forEach((opening, group) => {
      this.ask(group, opening);
    });
    this.upstream?.synced();
  }

  received(frame: ServerFrame): void {
    const { opened, openFailed, entries, answer, delivered, blocksPage, peers, inbox, site } = frame;
    if (opened) {
      this.opened(opened);
    } else if (openFailed) {
      this.answered(openFailed, undefined)?.ports.forEach((port) => {
        this.tell(port, frame);
      });
    } else if (entries) {
      this.multicast(entries.handle, frame);
    } else if (answer) {
      const port = this.submitters.get(answer.outbox);
      if (port) {
        this.tell(port, frame);
      }
    } else if (delivered) {
      this.multicast(delivered.handle, frame);
    } else if (blocksPage) {
      const reader = this.rooms.get(blocksPage.handle)?.readers.shift();
      if (reader) {
        this.tell(reader, frame);
      }
    } else if (peers) {
      const room = this.rooms.get(peers.handle);
      if (room) {
        room.peers = frame;
      }
      this.multicast(peers.handle, frame);
    } else if (inbox) {
      const asker = inbox.page ? this.pagers.get(inbox.kind || 'CHAT')?.shift() : undefined;
      (asker ? [asker] : this.inboxWatchers).forEach((port) => {
        this.tell(port, frame);
      });
    } else if (site) {
      this.siteWatchers.forEach((port) => {
        this.tell(port, frame);
      });
    } else {
      this.ports.forEach((port) => {
        this.tell(port, frame);
      });
    }
  }

  disconnected(): void {
    this.welcome = undefined;
    this.dropAll(CloseCode.MOVED);
  }

  suspended(): void {
    return;
  }

  resumed(): void {
    return;
  }

  stateChanged(state: ConnectionState): void {
    this.retryAtMillis = state.name === 'waiting' ? state.retryAtMillis : undefined;
    this.tellRetry([...this.ports.values()]);
    if (state.name === 'closed' && state.code === CloseCode.SUPERSEDED) {
      this.user.superseded();
    } else if (state.name === 'closed' && state.code !== CloseCode.NORMAL) {
      this.dropAll(state.code);
    }
  }

  failed({ code }: ParleyError): void {
    // Tabs ask for tokens of their own.
    if (code !== 'NO_TOKEN') {
      this.ports.forEach((port) => {
        this.tell(port, { failure: { code: code as Failure['code'] } });
      });
    }
  }

  private tellRetry(ports: readonly Port[]): void {
    const { retryAtMillis } = this;
    if (retryAtMillis !== undefined) {
      ports.forEach(({ tab, id }) => {
        this.post(tab, id, 'waiting', { retryAtMillis });
      });
    }
  }

  private opened(opened: Opened): void {
    const room = this.roomOf(opened);
    const asked = this.answered(opened, opened.entries?.from ?? opened.blocks?.since);
    if (asked) {
      room.groups.add(asked.group);
    }
    // What nobody asked for: what was left out while the socket was full, another view of it, or a conversation that the
    // visitor has elsewhere.
    const told = asked?.ports ?? (room.ports.size > 0 ? [...room.ports.values()] : [...this.ports.values()]);
    for (const port of told.filter(({ id }) => this.ports.has(id))) {
      room.ports.set(port.id, port);
      this.tell(port, { opened }, asked && { group: asked.group, place: this.said.get(asked.group) ?? 0 });
      if (room.peers) {
        this.tell(port, room.peers);
      }
    }
    this.leaveIfEmpty(opened.handle);
  }

  /** It may have been open under another handle. */
  private roomOf({ handle, conversation }: Opened): Room {
    const [before, known] = [...this.rooms].find(([, room]) => room.conversation === conversation) ?? [];
    const room = known ?? {
      ...{ conversation, ports: new Map<string, Port>(), lookers: new Set<string>(), groups: new Set<string>() },
      ...{ acknowledged: 0, peers: undefined, readers: [] },
    };
    if (before !== undefined) {
      this.rooms.delete(before);
    }
    this.rooms.set(handle, room);
    return room;
  }

  /**
   * Who asked for what was opened, or not; the next may ask. `from`: where the answer begins; a gateway that cannot go on from
   * where it was asked begins anew.
   */
  private answered({ conversation, name }: Opened | OpenFailed, from = 0): Asked | undefined {
    for (const group of [`id ${conversation}`, ...KINDS.map((kind) => `${kind} ${name || DEFAULT_NAME}`)]) {
      const opening = this.openings.get(group);
      if (opening?.isSent && (from === 0 || from === opening.askedRevision)) {
        const ports = opening.asked;
        opening.isSent = false;
        opening.asked = [];
        this.ask(group, opening);
        return { group, ports };
      }
    }
    return undefined;
  }

  /** Once to each group, and to those who listen to none of them. */
  private multicast(handle: number, frame: Init<ServerFrame>): void {
    const room = this.rooms.get(handle);
    if (room) {
      const bytes = encode(ServerFrames, { frames: [frame] });
      room.groups.forEach((group) => {
        const place = (this.said.get(group) ?? 0) + 1;
        this.said.set(group, place);
        this.bus.post(`group/${group}`, { kind: 'frames', epoch: this.epoch, place }, bytes);
      });
      for (const port of room.ports.values()) {
        if (![...port.groups].some((group) => room.groups.has(group))) {
          this.post(port.tab, port.id, 'frames', {}, bytes);
        }
      }
    }
  }

  private tell(port: Port, frame: Init<ServerFrame>, fields: object = {}): void {
    this.post(port.tab, port.id, 'frames', fields, encode(ServerFrames, { frames: [frame] }));
  }

  private post(tab: string, port: string, kind: string, fields: object = {}, body?: Uint8Array): void {
    this.bus.post(`tab/${tab}`, { ...fields, kind, port, epoch: this.epoch }, body);
  }
}

const KINDS = ['', 'CHAT', 'ARTICLE'];

/** What tabs that have the same conversation open have in common. */
function groupOf({ conversation, name, kind }: Open): string {
  return conversation ? `id ${conversation}` : `${kind} ${name || DEFAULT_NAME}`;
}

function isSamePlace(one: Open, other: Open): boolean {
  const [a, b] = [one.position, other.position];
  return a?.revision === b?.revision && String(a?.head ?? '') === String(b?.head ?? '');
}
