import { beforeEach, describe, expect, it } from 'vitest';
import { tryLock, waitForLock } from '../../src/outbox/lock.ts';
import { LeaseLocks } from '../../src/tabs/lease-locks.ts';
import { SharedStorage } from '../../src/tabs/shared-storage.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeStorage, StorageTable } from '../fixture/fake-storage.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { SEED } from '../fixture/seed.ts';

let clock: FakeClock;
let table: StorageTable;
let random: PseudoRandom;
let isAsleep = false;
let sleptMillis = 0;

beforeEach(() => {
  clock = new FakeClock();
  table = new StorageTable();
  random = new PseudoRandom(SEED);
  isAsleep = false;
  sleptMillis = 0;
});

class Page {
  readonly target = new EventTarget();
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  readonly storage = new FakeStorage(table, this.target);
  isDead = false;
  readonly locks: LockManager = new LeaseLocks({
    clock: {
      nowMillis: () => clock.nowMillis() + sleptMillis,
      after: (millis, task) =>
        clock.after(millis, () => {
          if (!this.isDead && !isAsleep) {
            task();
          }
        }),
    },
    random,
    storage: new SharedStorage(this.storage, this.target),
    page: this.target,
    document: this.document,
  }).asLockManager();
  /** What became of the locks that it asked for. */
  readonly got: string[] = [];
  private release: (() => void) | undefined;

  show(isVisible: boolean): void {
    this.document.visibilityState = isVisible ? 'visible' : 'hidden';
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  ask(name: string, options: LockOptions = {}): void {
    this.locks
      .request(name, options, (lock) => {
        this.got.push(lock ? `got ${lock.name}` : 'busy');
        return lock
          ? new Promise<void>((resolve) => {
              this.release = resolve;
            })
          : undefined;
      })
      .catch((error: unknown) => this.got.push((error as Error).name));
  }

  giveBack(): void {
    this.release?.();
  }

  /** As a crash does it. */
  kill(): void {
    this.isDead = true;
    this.storage.drop();
  }
}

describe('a lease', () => {
  it('is got by one of many who ask at once, and by each in the end', async () => {
    const pages = Array.from({ length: 20 }, () => new Page());
    pages.forEach((page) => {
      page.ask('door');
    });
    for (let round = 1; round <= pages.length; round++) {
      await clock.advance(400);
      expect(pages.flatMap(({ got }) => got)).toHaveLength(round);
      pages.find(({ got }) => got.includes('got door'))?.giveBack();
      pages.forEach((page) => page.got.splice(0, Infinity, ...page.got.map(() => 'had it')));
      await settled();
    }
  });

  it('is handed on in moments when it is given back, or its page is hidden away', async () => {
    const [first, second, third] = [new Page(), new Page(), new Page()];
    first.ask('door');
    await clock.advance(100);
    second.ask('door');
    await clock.advance(100);
    first.giveBack();
    await clock.advance(80);
    expect(second.got).toEqual(['got door']);
    third.ask('door');
    await clock.advance(100);
    second.target.dispatchEvent(new Event('pagehide'));
    await clock.advance(80);
    expect(third.got).toEqual(['got door']);
  });

  it('is not waited for by those who only try', async () => {
    const [holder, other] = [new Page(), new Page()];
    const lock = await Promise.all([tryLock(holder.locks, 'door'), clock.advance(100)]);
    expect(lock[0]).toBeDefined();
    other.ask('door', { ifAvailable: true });
    await clock.advance(100);
    expect(other.got).toEqual(['busy']);
  });

  it('is not given to who does not want it any more', async () => {
    const page = new Page();
    const leaving = new AbortController();
    const waiting = waitForLock(page.locks, 'door', leaving.signal).catch((error: unknown) => (error as Error).name);
    leaving.abort();
    expect(await waiting).toBe('AbortError');
    await clock.advance(100);
    expect(table.values.size).toBe(0);
  });

  it.each([
    ['visible', 4_000, 7_000],
    ['hidden', 60_000, 70_000],
  ])('of a %s page that crashed ends in its time', async (visibility, aliveMillis, deadMillis) => {
    const [holder, other] = [new Page(), new Page()];
    holder.ask('door');
    await clock.advance(100);
    holder.show(visibility === 'visible');
    other.ask('door');
    await clock.advance(100);
    holder.kill();
    await clock.advance(aliveMillis);
    expect(other.got).toEqual([]);
    await clock.advance(deadMillis - aliveMillis);
    expect(other.got).toEqual(['got door']);
  });

  it('does not end while the device sleeps', async () => {
    const [holder, other] = [new Page(), new Page()];
    holder.ask('door');
    await clock.advance(100);
    other.ask('door');
    await clock.advance(100);
    sleptMillis = 3_600_000;
    await clock.advance(30_000);
    expect(other.got).toEqual([]);
    expect(holder.got).toEqual(['got door']);
  });

  it('is stolen, and who had it is told', async () => {
    const [holder, thief] = [new Page(), new Page()];
    holder.ask('door');
    await clock.advance(100);
    thief.ask('door');
    thief.ask('door', { steal: true });
    await clock.advance(100);
    expect(holder.got).toEqual(['got door', 'AbortError']);
    expect(thief.got).toEqual(['got door']);
    expect((await holder.locks.query()).held?.map(({ name }) => name)).toEqual(['door']);
  });

  it('that two got, since a bid arrived late, is given up by one of them', async () => {
    const [early, late] = [new Page(), new Page()];
    early.ask('door');
    await clock.advance(100);
    const bidOfEarly = table.values.get('parley-lock/door') ?? '';
    table.values.delete('parley-lock/door');
    late.ask('door');
    await clock.advance(30);
    expect(table.values.get('parley-lock/door')).not.toBe(bidOfEarly);
    await clock.advance(1_000);
    expect([early.got, late.got]).toEqual([['got door', 'AbortError'], ['got door']]);
  });

  it('outlives that the site clears its storage', async () => {
    const [holder, other] = [new Page(), new Page()];
    holder.ask('door');
    await clock.advance(100);
    table.values.clear();
    await clock.advance(1_000);
    other.ask('door');
    await clock.advance(10_000);
    expect(holder.got).toEqual(['got door']);
    expect(other.got).toEqual([]);
  });

  it('is refused where nothing can be written', async () => {
    const page = new Page();
    page.storage.isFull = true;
    page.ask('door');
    await clock.advance(100);
    expect(page.got).toEqual(['QuotaExceededError']);
  });

  it('leaves nothing behind', async () => {
    const [crashed, page] = [new Page(), new Page()];
    crashed.ask('door');
    await clock.advance(100);
    crashed.kill();
    page.ask('door');
    page.ask('window');
    await clock.advance(10_000);
    expect(page.got).toEqual(['got window', 'got door']);
    page.giveBack();
    await clock.advance(1_000);
    expect([...table.values.keys()].filter((key) => key.includes('door'))).toEqual([]);
  });
});
