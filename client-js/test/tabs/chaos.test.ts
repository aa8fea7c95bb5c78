import { expect, it } from 'vitest';
import { SEED } from '../fixture/seed.ts';
import { TabChaos } from '../fixture/tab-chaos.ts';

/** PARLEY_ROUNDS asks for more. */
const ROUNDS = Number(process.env['PARLEY_ROUNDS'] ?? 30);
const STEPS = 20;
const ROUND_MILLIS_MAX = 10_000;

it(
  'whatever happens to the tabs of a browser, nothing is lost or doubled and one socket is left',
  async () => {
    const wrong: string[] = [];
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const chaos = new TabChaos(seed);
      await chaos.begin();
      for (let i = 0; i < STEPS; i++) {
        await chaos.takeStep();
      }
      await chaos.settle();
      const complaints = chaos.complaints();
      if (complaints.length > 0) {
        wrong.push(`PARLEY_SEED=${seed}: ${complaints.join('; ')} after ${chaos.trace.join(', ')}`);
      }
    }
    expect(wrong).toEqual([]);
  },
  ROUNDS * ROUND_MILLIS_MAX,
);
