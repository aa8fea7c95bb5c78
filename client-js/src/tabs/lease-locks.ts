import { base64Url } from '../bytes.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { SharedStorage } from './shared-storage.ts';

/** What leases need of the page. */
export interface LeaseSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: SharedStorage;
  /** Where `pagehide` is dispatched. */
  readonly page: EventTarget;
  /** Where `visibilitychange` is dispatched. */
  readonly document: (EventTarget & { readonly visibilityState?: string }) | undefined;
}

interface Request {
  readonly name: string;
  readonly isTheft: boolean;
  /** Otherwise it waits. */
  readonly isOnlyIfAvailable: boolean;
  /** Runs what the lock is for, or says that it is not to be had. */
  grant(lock: Lock | null): Promise<void>;
  refuse(error: unknown): void;
  /** It is in the queue no longer. */
  left(): void;
}

interface Held {
  /** What the lock's key says as long as it is this page's. */
  readonly bid: string;
  /** It was taken away. */
  rob(): void;
}

/** Another page, as this one hears of it. */
interface Neighbour {
  sign: string;
  silentMillis: number;
}

type Callback = (lock: Lock | null) => unknown;

const LOCKS = 'parley-lock/';
const PAGES = 'parley-page/';
const ID_BYTES = 9;
const TICK_MILLIS = 500;
const BEAT_MILLIS = 2_000;
/** After so much silence a page is dead, and what it holds is free. */
const SILENCE_MILLIS_MAX = 5_000;
/** Hidden pages run timers once a minute. */
const HIDDEN_SILENCE_MILLIS_MAX = 65_000;
/** Those who wait do not bid all at once, and those who are looked at bid first. */
const SPREAD_MILLIS = 20;
const HIDDEN_DELAY_MILLIS = 60;
/** Until the bids of others have arrived: the last one counts. */
const SETTLE_MILLIS = 40;

/**
 * The part of LockManager that is used, for browsers without Web Locks: leases in local storage.
 *
 *     parley-page/PAGE   a sign of life of a page, which its locks depend on: it changes every two seconds
 *     parley-lock/NAME   the page that holds it, or bids for it
 *
 * Storage has no atomic check-and-set. A page writes its bid, waits until those of others must have arrived, and holds the lock
 * if its own is still there. If one arrives later than that, two hold the lock for a moment, and who sees another's bid in the
 * place of its own gives way, as one whose lock was stolen does.
 */
export class LeaseLocks {
  private readonly id: string;
  private readonly queue: Request[] = [];
  private readonly held = new Map<string, Held>();
  /** By lock: that a bid of this page is being made. */
  private readonly bidding = new Set<string>();
  private readonly neighbours = new Map<string, Neighbour>();
  private bids = 0;
  private beats = 0;
  private beatAtMillis = -Infinity;
  private tickAtMillis = 0;
  private stop: (() => void) | undefined;

  constructor(private readonly around: LeaseSurroundings) {
    this.id = base64Url(around.random.bytes(ID_BYTES));
  }

  /** To be used in the place of Web Locks. */
  asLockManager(): LockManager {
    return this as unknown as LockManager;
  }

  request<T>(name: string, options: LockOptions, callback: (lock: Lock | null) => T): Promise<Awaited<T>>;
  request(name: string, { ifAvailable, signal, steal }: LockOptions, callback: Callback): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted());
        return;
      }
      const abort = (): void => {
        if (this.take(request)) {
          reject(aborted());
          this.rest();
        }
      };
      const request: Request = {
        ...{ name, isTheft: steal ?? false, isOnlyIfAvailable: ifAvailable ?? false },
        grant: (lock) => Promise.resolve(lock).then(callback).then(resolve, reject),
        refuse: reject,
        left: () => signal?.removeEventListener('abort', abort),
      };
      signal?.addEventListener('abort', abort);
      if (request.isTheft) {
        this.queue.unshift(request);
      } else {
        this.queue.push(request);
      }
      this.start();
      this.next(name, true);
    });
  }

  query(): Promise<LockManagerSnapshot> {
    const names = this.around.storage.keys(LOCKS).map((key) => key.slice(LOCKS.length));
    const held = names.filter((name) => !this.isFree(name)).map((name) => ({ name, mode: 'exclusive' as const }));
    return Promise.resolve({ held, pending: [] });
  }

  /** Whoever is first in the queue makes a bid, if there is anything to be had. */
  private next(name: string, isNew = false): void {
    const first = this.queue.find((request) => request.name === name);
    if (!first || this.bidding.has(name)) {
      return;
    }
    if (!first.isTheft && !this.isFree(name)) {
      this.queue
        .filter((each) => each.name === name && each.isOnlyIfAvailable)
        .forEach((each) => {
          this.take(each);
          void each.grant(null);
        });
      this.rest();
      return;
    }
    this.bidding.add(name);
    if (isNew || first.isTheft) {
      this.bid(first);
    } else {
      this.around.clock.after(this.hesitationMillis(), () => {
        this.bid(first);
      });
    }
  }

  private hesitationMillis(): number {
    const { random } = this.around;
    return random.fraction() * SPREAD_MILLIS + (this.isVisible ? 0 : HIDDEN_DELAY_MILLIS);
  }

  private bid(request: Request): void {
    const { name } = request;
    if (!this.queue.includes(request) || !(request.isTheft || this.isFree(name))) {
      this.bidding.delete(name);
      this.next(name);
      return;
    }
    const bid = `${this.id} ${++this.bids}`;
    try {
      this.beat();
      this.around.storage.set(LOCKS + name, bid);
    } catch (error) {
      this.bidding.delete(name);
      this.take(request);
      request.refuse(error);
      this.rest();
      return;
    }
    this.around.clock.after(SETTLE_MILLIS, () => {
      this.bidding.delete(name);
      this.settled(request, bid);
    });
  }

  private settled(request: Request, bid: string): void {
    const { name } = request;
    const isWon = this.around.storage.get(LOCKS + name) === bid;
    if (isWon && this.take(request)) {
      const robbed = this.held.get(name);
      this.hold(request, bid);
      robbed?.rob();
    } else if (isWon) {
      this.around.storage.remove(LOCKS + name);
    } else if (request.isTheft && this.take(request)) {
      request.refuse(aborted());
    }
    this.check(name);
    this.next(name);
    this.rest();
  }

  private hold(request: Request, bid: string): void {
    const { name } = request;
    const release = (): void => {
      if (this.held.get(name) === held) {
        this.held.delete(name);
        this.removeOwn(name, bid);
        this.next(name);
        this.rest();
      }
    };
    const held: Held = {
      bid,
      rob: () => {
        if (this.held.get(name) === held) {
          this.held.delete(name);
        }
        request.refuse(aborted());
      },
    };
    this.held.set(name, held);
    void request.grant({ name, mode: 'exclusive' }).then(release);
  }

  private removeOwn(name: string, bid: string): void {
    if (this.around.storage.get(LOCKS + name) === bid) {
      this.around.storage.remove(LOCKS + name);
    }
  }

  /** Out of the queue; whether it was there. */
  private take(request: Request): boolean {
    const index = this.queue.indexOf(request);
    if (index >= 0) {
      this.queue.splice(index, 1);
      request.left();
    }
    return index >= 0;
  }

  private isFree(name: string): boolean {
    const holder = this.around.storage.get(LOCKS + name);
    const page = pageOf(holder);
    return page === this.id
      ? !this.held.has(name) && !this.bidding.has(name)
      : holder === null || this.around.storage.get(PAGES + page) === null;
  }

  private get isVisible(): boolean {
    return this.around.document?.visibilityState !== 'hidden';
  }

  // Signs of life.

  private start(): void {
    if (this.stop) {
      return;
    }
    const { storage, page, document } = this.around;
    const stopListening = [
      storage.listen(LOCKS, ({ key }) => {
        const name = key.slice(LOCKS.length);
        this.check(name);
        this.next(name);
      }),
      storage.listen(PAGES, ({ value }) => {
        if (value === null) {
          this.checkAll();
        }
      }),
    ];
    const leave = (): void => {
      storage.remove(PAGES + this.id);
    };
    const visibilityChanged = (): void => {
      this.beatIfNeeded();
    };
    page.addEventListener('pagehide', leave);
    document?.addEventListener('visibilitychange', visibilityChanged);
    this.neighbours.clear();
    this.tickAtMillis = this.around.clock.nowMillis();
    this.sweep();
    const cancel = this.tickLater();
    this.stop = () => {
      stopListening.forEach((stop) => {
        stop();
      });
      page.removeEventListener('pagehide', leave);
      document?.removeEventListener('visibilitychange', visibilityChanged);
      cancel();
      leave();
    };
  }

  /** Nothing is held, and nobody waits. */
  private rest(): void {
    if (this.held.size === 0 && this.queue.length === 0 && this.bidding.size === 0) {
      this.stop?.();
      this.stop = undefined;
    }
  }

  private tickLater(): () => void {
    let cancel: () => void;
    const tick = (): void => {
      cancel = this.around.clock.after(TICK_MILLIS, tick);
      this.tick();
    };
    cancel = this.around.clock.after(TICK_MILLIS, tick);
    return () => {
      cancel();
    };
  }

  private tick(): void {
    const now = this.around.clock.nowMillis();
    if (now - this.beatAtMillis >= BEAT_MILLIS) {
      this.beatIfNeeded();
    }
    this.watch(now - this.tickAtMillis);
    this.tickAtMillis = now;
    this.checkAll();
    this.rest();
  }

  private beatIfNeeded(): void {
    try {
      if (this.held.size > 0) {
        this.beat();
      }
    } catch {
      // The storage is full: others take over.
    }
  }

  private beat(): void {
    this.beatAtMillis = this.around.clock.nowMillis();
    this.around.storage.set(PAGES + this.id, `${this.isVisible ? 'visible' : 'hidden'} ${++this.beats}`);
  }

  /** Counts silence only as it passes here: after a sleep all have been silent, this page too. */
  private watch(elapsedMillis: number): void {
    const { storage } = this.around;
    for (const key of storage.keys(PAGES)) {
      const page = key.slice(PAGES.length);
      const sign = storage.get(key) ?? '';
      const known = this.neighbours.get(page) ?? { sign, silentMillis: 0 };
      const limitMillis = sign.startsWith('hidden') ? HIDDEN_SILENCE_MILLIS_MAX : SILENCE_MILLIS_MAX;
      const countedMillis = Math.min(elapsedMillis, this.isVisible ? 2 * TICK_MILLIS : limitMillis / 3);
      this.neighbours.set(page, known);
      known.silentMillis = known.sign === sign ? known.silentMillis + countedMillis : 0;
      known.sign = sign;
      if (page !== this.id && known.silentMillis > limitMillis) {
        this.neighbours.delete(page);
        storage.remove(key);
      }
    }
    this.sweep();
  }

  /** Removes the locks of pages that are gone. */
  private sweep(): void {
    const { storage } = this.around;
    for (const key of storage.keys(LOCKS)) {
      const page = pageOf(storage.get(key));
      if (page !== this.id && storage.get(PAGES + page) === null) {
        storage.remove(key);
      }
    }
  }

  private checkAll(): void {
    const names = new Set([...this.held.keys(), ...this.queue.map(({ name }) => name)]);
    names.forEach((name) => {
      this.check(name);
      this.next(name);
    });
  }

  /** The page was taken for dead, or its site cleared the storage, and nobody else has the lock. */
  private reassert(name: string, { bid }: Held): void {
    try {
      this.beat();
      this.around.storage.set(LOCKS + name, bid);
    } catch {
      // The storage is full: others take over.
    }
  }

  /** Whether a lock is still this page's. */
  private check(name: string): void {
    const held = this.held.get(name);
    const holder = this.around.storage.get(LOCKS + name);
    if (!held || holder === held.bid || this.bidding.has(name)) {
      return;
    }
    if (holder === null) {
      this.reassert(name, held);
    } else {
      held.rob();
    }
  }
}

function pageOf(bid: string | null): string {
  return bid?.split(' ')[0] ?? '';
}

function aborted(): DOMException {
  return new DOMException('the lock was taken away, or is not wanted any more', 'AbortError');
}
