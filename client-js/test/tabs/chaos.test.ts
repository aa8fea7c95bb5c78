import { expect, it } from 'vitest';
import { SEED } from '../fixture/seed.ts';
import { TabChaos } from '../fixture/tab-chaos.ts';

/** PARLEY_ROUNDS asks for more. */
const ROUNDS = Number(process.env['PARLEY_ROUNDS'] ?? 30);
const STEPS = 20;
const ROUND_MILLIS_MAX = 10_000;

/** In each, somebody types into a message that is not sent yet, and the page sleeps before the outbox has that. */
const ASLEEP_AT_ONCE = [1729758273, 5179, 5536];

it('what was typed into a message right before the page slept waits for the message', async () => {
  for (const seed of ASLEEP_AT_ONCE) {
    expect(await complaintsOf(seed), String(seed)).toEqual([]);
  }
});

it(
  'whatever happens to the tabs of a browser, nothing is lost or doubled and one socket is left',
  async () => {
    const wrong: string[] = [];
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      wrong.push(...(await complaintsOf(seed)));
    }
    expect(wrong).toEqual([]);
  },
  ROUNDS * ROUND_MILLIS_MAX,
);

async function complaintsOf(seed: number): Promise<string[]> {
  const chaos = new TabChaos(seed);
  await chaos.begin();
  for (let i = 0; i < STEPS; i++) {
    await chaos.takeStep();
  }
  await chaos.settle();
  return chaos.complaints().map((complaint) => `PARLEY_SEED=${seed}: ${complaint} after ${chaos.trace.join(', ')}`);
}
