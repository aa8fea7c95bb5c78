import { describe, expect, it } from 'vitest';
import { BackOff } from '../src/back-off.ts';
import { FakeClock } from './fixture/fake-clock.ts';
import { PseudoRandom } from './fixture/pseudo-random.ts';
import { SEED } from './fixture/seed.ts';

describe('backing off', () => {
  it('waits anything up to a bound that doubles, and then stays', () => {
    const bounds = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000];
    const highest = new BackOff(new FakeClock(), { fraction: () => 0.999999, bytes: () => new Uint8Array(0) });
    const lowest = new BackOff(new FakeClock(), { fraction: () => 0, bytes: () => new Uint8Array(0) });
    for (const bound of bounds) {
      expect(Math.round(highest.nextMillis())).toBe(bound);
      expect(lowest.nextMillis()).toBe(0);
    }
  });

  it('spreads clients that broke together over the whole time', () => {
    const random = new PseudoRandom(SEED);
    const waits = Array.from({ length: 2_000 }, () => {
      const backOff = new BackOff(new FakeClock(), random);
      backOff.nextMillis();
      return backOff.nextMillis();
    });
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = waits.filter((wait) => wait >= tenth * 100 && wait < (tenth + 1) * 100).length;
      expect(share).toBeGreaterThan(100);
    }
  });

  it('begins anew when the connection works', () => {
    const backOff = new BackOff(new FakeClock(), { fraction: () => 0.999999, bytes: () => new Uint8Array(0) });
    backOff.nextMillis();
    backOff.nextMillis();
    backOff.reset();
    expect(Math.round(backOff.nextMillis())).toBe(500);
  });

  it('does what the gateway says first, once', async () => {
    const clock = new FakeClock();
    const backOff = new BackOff(clock, { fraction: () => 0, bytes: () => new Uint8Array(0) });
    backOff.dictate(7_000);
    await clock.advance(2_000);
    expect(backOff.nextMillis()).toBe(5_000);
    expect(backOff.nextMillis()).toBe(0);
  });
});
