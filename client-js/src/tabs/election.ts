import type { Clock } from '../clock.ts';
import { type HeldLock, held, waitForLock } from '../outbox/lock.ts';
import type { Bus } from './bus.ts';

/** Who hears how an election goes. */
export interface Candidate {
  /** Nobody waits before this tab: it leads next, unless it leaves. Gives a clock that is not slowed down, until `deposed`. */
  isNext(): Promise<Clock | undefined>;
  /** This tab leads from here on, until `deposed`. */
  elected(epoch: number): void;
  /** It does not any more: somebody took over, or it left. */
  deposed(): void;
  /** Another tab leads, or still does. */
  follows(leader: string, epoch: number): void;
  /** Whether somebody looks at this tab: only then its timers are to be relied on. */
  isVisible(): boolean;
}

const BEAT_MILLIS = 1_000;
const WATCH_MILLIS = 500;
const SILENCE_MILLIS_MAX = 2_500;
/** Hidden pages run timers once a minute. */
const HIDDEN_SILENCE_MILLIS_MAX = 60_000;
const PROBE_MILLIS = 400;
/** From the query that frees a lock which a page in the back-forward cache kept, to the theft. */
const QUERY_MILLIS = 150;
const STEAL_MILLIS = 30_000;

/**
 * Elects the one tab that has the socket, by one exclusive lock. One other tab waits for it, which has a second lock meanwhile
 * that all the rest wait for: so it knows that it is next, and can prepare. Who holds the first is silent when it is
 * frozen or in the back-forward cache, so it sends a beat: a visible tab that misses it asks about the locks, which makes the
 * browser drop a cached holder, and then takes the lock away.
 */
export class Election {
  private leaving: AbortController | undefined;
  private release: (() => void) | undefined;
  private heardAtMillis = 0;
  private stoleAtMillis = -Infinity;
  private isStealing = false;
  /** In the queue for the lock. */
  private waiting: AbortController | undefined;
  /** Held by the one tab that waits for the lock itself. */
  private next: HeldLock | undefined;
  private cancelWatch: () => void = noop;
  private cancelBeat: () => void = noop;
  private stopListening: () => void = noop;
  private epoch = 0;
  /** What it watches the leader by: the page's own, or a better one. */
  private watchClock: Clock;

  constructor(
    private readonly locks: LockManager,
    private readonly name: string,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly candidate: Candidate,
    /** Whether one of those that wait is to know that it is next; each lock costs a little where locks are leases. */
    private readonly isPrepared: boolean,
  ) {
    this.watchClock = clock;
  }

  get isLeader(): boolean {
    return this.release !== undefined;
  }

  enter(): void {
    if (this.leaving) {
      return;
    }
    this.leaving = new AbortController();
    this.heardAtMillis = this.clock.nowMillis();
    this.stopListening = this.bus.listen('all', ({ from, head }) => {
      if (head.kind === 'beat') {
        this.heardAtMillis = this.clock.nowMillis();
        this.candidate.follows(from, head.epoch ?? 0);
      } else if (head.kind === 'probe' && this.isLeader) {
        this.beat();
      }
    });
    this.bus.post('all', { kind: 'probe' });
    this.watch(this.clock);
    this.wait(this.leaving.signal);
  }

  /** Gives way at once, so that others need not find out. */
  leave(): void {
    this.stopListening();
    this.cancelWatch();
    this.leaving?.abort();
    this.leaving = undefined;
    this.waitNoMore();
    this.resign();
  }

  /** The tab is looked at again: the leader has to answer soon. */
  appeared(): void {
    if (this.leaving && !this.isLeader) {
      const askedAtMillis = this.clock.nowMillis();
      this.bus.post('all', { kind: 'probe' });
      this.clock.after(PROBE_MILLIS, () => {
        if (this.heardAtMillis < askedAtMillis) {
          void this.depose();
        }
      });
    }
  }

  /** A beat now, and one a second by a clock that is not slowed down. */
  startBeating(clock: Clock): void {
    this.cancelBeat();
    this.beat();
    this.cancelBeat = clock.after(BEAT_MILLIS, () => {
      if (this.bus.newestEpoch > this.epoch) {
        this.candidate.deposed();
        this.lead();
      } else {
        this.startBeating(clock);
      }
    });
  }

  private beat(): void {
    this.bus.post('all', { kind: 'beat', epoch: this.epoch });
  }

  private wait(signal: AbortSignal): void {
    if (this.waiting) {
      return;
    }
    const waiting = new AbortController();
    this.waiting = waiting;
    (this.isPrepared ? this.waitToBeNext(waiting.signal) : Promise.resolve())
      .then(() =>
        this.locks.request(this.name, { signal: waiting.signal }, () => {
          if (this.waiting === waiting) {
            this.waited();
          }
          return this.hold(signal);
        }),
      )
      .catch(() => {
        if (!waiting.signal.aborted) {
          this.lost(signal);
        }
      });
  }

  private async waitToBeNext(signal: AbortSignal): Promise<void> {
    const next = await waitForLock(this.locks, `${this.name}/next`, signal);
    if (signal.aborted) {
      next.release();
      return;
    }
    this.next = next;
    void this.candidate.isNext().then((clock) => {
      if (clock && this.next === next) {
        this.watch(clock);
      }
    });
  }

  private waitNoMore(): void {
    this.waiting?.abort();
    this.waited();
  }

  private waited(): void {
    this.waiting = undefined;
    this.next?.release();
    this.next = undefined;
  }

  private hold(signal: AbortSignal): Promise<void> | undefined {
    return signal.aborted
      ? undefined
      : held((lock) => {
          this.release = () => {
            lock.release();
          };
          this.lead();
        });
  }

  /**
   * Also anew, when a tab was heard that led later and does not have the lock: it slept until the lock, which it had been given,
   * was taken away, and found out that it had it first.
   */
  private lead(): void {
    this.epoch = Math.max(this.clock.nowMillis(), this.bus.newestEpoch + 1, this.epoch + 1);
    this.candidate.elected(this.epoch);
  }

  /** The lock was taken away. */
  private lost(signal: AbortSignal): void {
    if (this.release && !signal.aborted) {
      this.resign();
      this.heardAtMillis = this.clock.nowMillis();
      this.watch(this.clock);
      this.wait(signal);
    }
  }

  private resign(): void {
    const { release } = this;
    this.cancelBeat();
    this.release = undefined;
    if (release) {
      this.candidate.deposed();
      release();
    }
  }

  private watch(clock: Clock): void {
    this.watchClock = clock;
    this.cancelWatch();
    this.cancelWatch = clock.after(WATCH_MILLIS, () => {
      const silentMillis = this.clock.nowMillis() - this.heardAtMillis;
      const isVisible = this.candidate.isVisible();
      if (!this.isLeader && silentMillis > (isVisible ? SILENCE_MILLIS_MAX : HIDDEN_SILENCE_MILLIS_MAX)) {
        void this.depose();
      }
      this.watch(clock);
    });
  }

  /** The leader is silent. Never twice in half a minute: whoever cannot hear would go on and on. */
  private async depose(): Promise<void> {
    const { leaving } = this;
    const startMillis = this.clock.nowMillis();
    if (!leaving || this.isLeader || this.isStealing || startMillis - this.stoleAtMillis < STEAL_MILLIS) {
      return;
    }
    this.isStealing = true;
    try {
      await this.locks.query();
      await new Promise<void>((resolve) => {
        this.watchClock.after(QUERY_MILLIS, resolve);
      });
      if (this.isDue(startMillis, leaving.signal) && (await this.hearsItself())) {
        this.stoleAtMillis = this.clock.nowMillis();
        this.locks
          .request(this.name, { steal: true }, () => {
            this.waitNoMore();
            return this.hold(leaving.signal);
          })
          .catch(() => {
            this.lost(leaving.signal);
          });
      }
    } finally {
      this.isStealing = false;
    }
  }

  private isDue(sinceMillis: number, { aborted }: AbortSignal): boolean {
    return this.heardAtMillis < sinceMillis && !this.isLeader && !aborted;
  }

  /** Whether the channel works at all: who is deaf takes every leader for dead. */
  private hearsItself(): Promise<boolean> {
    return this.bus.loopBack(this.watchClock, PROBE_MILLIS);
  }
}

function noop(): void {
  return;
}
