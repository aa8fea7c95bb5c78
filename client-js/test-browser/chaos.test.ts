import { expect, test } from 'vitest';
import { PseudoRandom } from '../test/fixture/pseudo-random.ts';
import { SEED } from '../test/fixture/seed.ts';
import { Chaos } from './fixture/chaos.ts';
import { FailOverTable } from './fixture/fail-over-table.ts';
import { LEASE, LOCK, WORKER } from './fixture/rung.ts';
import { Stage } from './fixture/stage.ts';

/** On each rung, until the last round begins. */
const SECONDS = Number(process.env['PARLEY_CHAOS_SECONDS'] ?? 20);
const STEPS = 20;
/** For the last round, which is played to its end. */
const OVERTIME_MILLIS = 600_000;

const stage = Stage.forThisFile();

test.each([LOCK, WORKER, LEASE])(
  'whatever happens to the tabs of a browser, nothing is lost or doubled and one socket is left: $rung',
  async (tested) => {
    const failOvers = new FailOverTable(tested.rung);
    const endMillis = performance.now() + SECONDS * 1_000;
    let messages = 0;
    let steps = 0;
    let rounds = 0;
    let returns = 0;
    let evictions = 0;
    for (let seed = SEED; performance.now() < endMillis || messages === 0; seed++, rounds++) {
      const browser = await stage.browser();
      const chaos = new Chaos(stage.gateway, stage.network(), browser, tested, new PseudoRandom(seed), failOvers);
      try {
        await chaos.begin();
        for (let i = 0; i < STEPS; i++) {
          await chaos.takeStep();
        }
        await chaos.settle();
      } catch (error) {
        console.log(`PARLEY_SEED=${seed} repeats this round (${tested.rung}): ${chaos.trace.join(', ')}`);
        throw error;
      }
      messages += chaos.saved.length;
      steps += chaos.trace.length;
      returns += chaos.returns;
      evictions += chaos.evictions;
      await browser.kill();
      stage.network().reset();
    }
    console.log(
      `${tested.rung}: ${rounds} rounds from seed ${SEED}, ${steps} steps, ${messages} messages, ${evictions} of ${returns} pages dropped from the cache\n${FailOverTable.toMarkdown([failOvers])}`,
    );
    expect(messages).toBeGreaterThan(0);
  },
  SECONDS * 1_000 + OVERTIME_MILLIS,
);
