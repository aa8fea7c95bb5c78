import type { Clock } from '../clock.ts';
import type { Channels, Letter } from './channels.ts';
import type { KeyRing } from './key-ring.ts';

/** What a message says beside its bytes. */
export interface Head {
  readonly kind: string;
  /** Which leadership it is about: the larger one is the newer. 0: none. */
  readonly epoch?: number;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly from: string;
  readonly head: Head;
  readonly body: Uint8Array;
}

/** Counts what reached the bus. */
export interface BusStats {
  received: number;
  /** Of another version, not signed with the key, or damaged. */
  foreign: number;
  /** Repeated, or of a leadership that is over. */
  stale: number;
}

/** Who listens to a scope, over one channel. */
interface Ears {
  readonly listeners: Set<(message: Message) => void>;
  readonly close: () => void;
}

/** A letter that cannot be read yet. */
interface Held {
  readonly key: unknown;
  readonly receive: () => Promise<void>;
}

const VERSION = 1;
const HELD_MAX = 1_000;
const NOTHING = new Uint8Array(0);

/**
 * Signed messages between the tabs of one principal, by scope: everybody, the tabs of one conversation, one tab. Only those
 * who listen to a scope wake. The signature keeps out what is left of other versions and other principals; it is no defence
 * against script that runs in the same origin.
 */
export class Bus {
  readonly stats: BusStats = { received: 0, foreign: 0, stale: 0 };
  private readonly listening = new Map<string, Ears>();
  private readonly lastSeqs = new Map<string, number>();
  private sending: Promise<void> = Promise.resolve();
  private receiving: Promise<void> = Promise.resolve();
  /** Letters whose key is being asked for: those that follow under it must not overtake them. */
  private readonly held: Held[] = [];
  private seq = 0;
  private epoch = 0;
  private isClosed = false;
  private heardSelf: () => void = noop;
  /** Of whom it was, and what it was meant to say, is not known: the next one may be better. */
  private readonly countForeign = (): void => {
    this.stats.foreign++;
  };

  constructor(
    private readonly channels: Channels,
    private readonly prefix: string,
    readonly self: string,
    private readonly keys: KeyRing,
  ) {}

  /** The newest leadership that was heard of. */
  get newestEpoch(): number {
    return this.epoch;
  }

  post(scope: string, head: Head, body?: Uint8Array): void {
    const key = this.keys.newest;
    const text = JSON.stringify({ ...head, version: VERSION, from: this.self, seq: ++this.seq, key: key?.id });
    this.sending = this.sending.then(async () => {
      const mac = key && (await this.keys.sign(key, signed(text, body)));
      if (mac && !this.isClosed) {
        this.channels.post(this.prefix + scope, { head: text, body, mac });
      }
    });
  }

  /** Listens to a scope until the returned function is called. */
  listen(scope: string, listener: (message: Message) => void): () => void {
    const ears = this.listening.get(scope) ?? this.open(scope);
    // A function of its own, so that the same listener may listen twice.
    const ear = (message: Message): void => {
      listener(message);
    };
    ears.listeners.add(ear);
    return () => {
      ears.listeners.delete(ear);
      if (ears.listeners.size === 0 && this.listening.get(scope) === ears) {
        ears.close();
        this.listening.delete(scope);
      }
    };
  }

  /** Whether what is posted to everybody comes back to this very bus, which has to listen there. */
  loopBack(clock: Clock, limitMillis: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = clock.after(limitMillis, () => {
        resolve(false);
      });
      this.heardSelf = () => {
        cancel();
        resolve(true);
      };
      this.post('all', { kind: 'echo' });
    });
  }

  /** Hears nothing until it listens again. */
  pause(): void {
    this.listening.forEach((ears) => {
      ears.close();
      ears.listeners.clear();
    });
    this.listening.clear();
  }

  /** After what was posted so far. */
  close(): void {
    this.pause();
    this.sending = this.sending.then(() => {
      this.isClosed = true;
    });
  }

  private open(scope: string): Ears {
    const listeners = new Set<(message: Message) => void>();
    const close = this.channels.listen(this.prefix + scope, (letter) => {
      this.receiveNext(() => this.receive(letter as Partial<Letter>, listeners));
    });
    const ears = { listeners, close };
    this.listening.set(scope, ears);
    return ears;
  }

  /** One after the other: to verify a signature takes its time. */
  private receiveNext(receive: () => Promise<void>): void {
    this.receiving = this.receiving.then(receive).catch(this.countForeign);
  }

  private async receive(letter: Partial<Letter>, listeners: Ears['listeners'], wasHeld = false): Promise<void> {
    if (listeners.size === 0) {
      return;
    }
    const head = typeof letter.head === 'string' ? headOf(letter.head) : undefined;
    if (head?.version !== VERSION) {
      this.countForeign();
      return;
    }
    const { key } = head;
    if (!wasHeld && (!this.keys.find(key) || this.held.some((each) => each.key === key))) {
      this.hold({ key, receive: () => this.receive(letter, listeners, true) });
      return;
    }
    const message = await this.read(head, letter);
    if (message) {
      listeners.forEach((listener) => {
        listener(message);
      });
    }
  }

  private hold(letter: Held): void {
    if (this.held.length === HELD_MAX) {
      this.countForeign();
    } else if (this.held.push(letter) === 1) {
      void this.keys.refresh(letter.key).then(() => {
        this.receiveNext(async () => {
          for (const { receive } of this.held.splice(0)) {
            await receive().catch(this.countForeign);
          }
        });
      });
    }
  }

  private async read(head: OpenedHead, { head: text = '', body, mac }: Partial<Letter>): Promise<Message | undefined> {
    const key = this.keys.find(head.key);
    const isSigned = key !== undefined && (await this.keys.isSignedBy(key, signed(text, body), mac ?? NOTHING));
    if (!isSigned) {
      this.countForeign();
      return undefined;
    }
    if (head.from === this.self) {
      this.heardSelf();
      return undefined;
    }
    const epoch = head.epoch ?? 0;
    if (head.seq <= (this.lastSeqs.get(head.from) ?? 0) || (epoch > 0 && epoch < this.epoch)) {
      this.stats.stale++;
      return undefined;
    }
    this.stats.received++;
    this.epoch = Math.max(this.epoch, epoch);
    this.lastSeqs.set(head.from, head.seq);
    return { from: head.from, head, body: body ?? NOTHING };
  }
}

function signed(head: string, body: Uint8Array = NOTHING): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(head);
  const bytes = new Uint8Array(text.length + 1 + body.length);
  bytes.set(text);
  bytes.set(body, text.length + 1);
  return bytes;
}

type OpenedHead = Head & {
  readonly version: number;
  readonly from: string;
  readonly seq: number;
  readonly key: unknown;
};

function headOf(text: string): OpenedHead | undefined {
  try {
    const head = JSON.parse(text) as Partial<OpenedHead> | null;
    return typeof head?.kind === 'string' && typeof head.from === 'string' && typeof head.seq === 'number'
      ? (head as OpenedHead)
      : undefined;
  } catch {
    return undefined;
  }
}

function noop(): void {
  return;
}
