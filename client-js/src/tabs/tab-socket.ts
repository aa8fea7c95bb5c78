import type { WebSocketLike } from '../transport/socket.ts';
import { CloseCode } from '../wire/close-code.ts';
import type { Bus, Message } from './bus.ts';

/** Where the leader's hub is found. */
export interface Leader {
  readonly tab: string;
  readonly epoch: number;
}

/** The scope of its hub, which is the hub's name too. */
export function hubOf({ tab, epoch }: Leader): string {
  return `hub/${tab}/${epoch}`;
}

/** The tabs that have a conversation open, as one of them hears what is said to all. */
interface Group {
  /** How much of it was heard; undefined: where it begins is not known yet. */
  place: number | undefined;
  readonly early: Message[];
  readonly stop: () => void;
}

/** A socket that leads to the tab which has the real one. */
export class TabSocket implements WebSocketLike {
  binaryType = 'arraybuffer';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onwaiting: ((retryAtMillis: number) => void) | null = null;
  /** That it leads to. The epoch alone does not tell: two leaders of one millisecond have the same. */
  private hub: string | undefined;
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly bus: Bus,
    private readonly port: string,
    private readonly gone: (socket: TabSocket) => void,
  ) {}

  /** Another tab leads: whoever was connected to the one before comes again. */
  follow(leader: Leader): void {
    if (this.hub === undefined) {
      this.hub = hubOf(leader);
      this.post('connect');
    } else {
      this.end(CloseCode.MOVED);
    }
  }

  /** What the hub says to this port alone. */
  heard({ from, head, body }: Message): void {
    if (from !== this.hub) {
      return;
    }
    if (head.kind === 'open') {
      this.onopen?.(undefined as never);
    } else if (head.kind === 'frames') {
      this.deliver(body);
      this.catchUp(String(head['group']), Number(head['place']));
    } else if (head.kind === 'join') {
      this.join(String(head['group']));
    } else if (head.kind === 'waiting') {
      this.onwaiting?.(Number(head['retryAtMillis']));
    } else if (head.kind === 'close') {
      this.end(Number(head['code']));
    }
  }

  send(data: Uint8Array): void {
    this.post('frames', {}, data);
  }

  close(): void {
    this.post('close');
    this.leave();
  }

  private join(name: string): void {
    const group: Group = {
      place: undefined,
      early: [],
      stop: this.bus.listen(`group/${name}`, (message) => {
        if (message.from === this.hub) {
          this.heardInGroup(group, message);
        }
      }),
    };
    this.groups.set(name, group);
    this.post('joined', { group: name });
  }

  /** What is said to the group may overtake what is said to this tab: it waits until the tab knows where it begins. */
  private heardInGroup(group: Group, message: Message): void {
    const place = Number(message.head['place']);
    if (group.place === undefined) {
      group.early.push(message);
    } else if (place === group.place + 1) {
      group.place = place;
      this.deliver(message.body);
    } else if (place > group.place) {
      this.end(CloseCode.MOVED);
    }
  }

  private catchUp(name: string, place: number): void {
    const group = this.groups.get(name);
    if (group && (group.place === undefined || group.place < place)) {
      group.place = place;
      group.early.splice(0).forEach((message) => {
        this.heardInGroup(group, message);
      });
    }
  }

  private deliver(bytes: Uint8Array): void {
    this.onmessage?.({ data: bytes } as never);
  }

  private post(kind: string, fields: object = {}, body?: Uint8Array): void {
    if (this.hub) {
      const head = { ...fields, kind, port: this.port, tab: this.bus.self };
      this.bus.post(this.hub, head, body);
    }
  }

  private end(code: number): void {
    this.leave();
    this.onclose?.({ code } as never);
  }

  private leave(): void {
    this.groups.forEach(({ stop }) => {
      stop();
    });
    this.groups.clear();
    this.hub = undefined;
    this.gone(this);
  }
}
