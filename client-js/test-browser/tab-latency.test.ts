import { describe, expect, test } from 'vitest';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { LEASE, LOCK, OFF, WORKER } from './fixture/rung.ts';
import { Stage } from './fixture/stage.ts';

const TABS = 20;
const MESSAGES = 100;
const PAUSE_MILLIS = 60;

/** What a page notes: when it showed a message first, by its text, UTC. */
interface Noting {
  shownAtMillis: Record<string, number>;
}

const stage = Stage.forThisFile();

// Measures and asserts no time: PARLEY_MEASURE=1 npm run test:browser -- test-browser/tab-latency.test.ts
describe.runIf(process.env['PARLEY_MEASURE'])('from send to the last of 20 tabs', () => {
  test.each([LOCK, WORKER, LEASE, OFF])('on the rung $rung', async ({ rung, ...setting }) => {
    const network = stage.network();
    const browser = await stage.browser();
    const tabs: ChatTab[] = [];
    for (let i = 0; i < TABS; i++) {
      tabs.push(await ChatTab.visitor(browser, network.origin, setting));
    }
    await Promise.all(tabs.map(noteShown));
    await tabs[7]!.page.bringToFront();
    const sentAtMillis = await sendAll(tabs[7]!);
    const shown = await eventually('every tab shows every message', async () => {
      const all = await Promise.all(tabs.map(shownIn));
      return all.every((times) => Object.keys(times).length === MESSAGES) && all;
    });
    const millis = sentAtMillis
      .map((atMillis, i) => Math.max(...shown.map((times) => times[`message ${i}`] ?? Infinity)) - atMillis)
      .sort((a, b) => a - b);
    const [p50, p99, max] = [0.5, 0.99, 1].map((part) => millis[Math.ceil(part * millis.length) - 1]?.toFixed(1));
    console.log(`${rung}: send to last of ${TABS} tabs: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`);
    expect(millis).toHaveLength(MESSAGES);
  });
});

function noteShown({ page }: ChatTab): Promise<void> {
  return page.evaluate(() => {
    const noting = window as unknown as Noting;
    noting.shownAtMillis = {};
    const { conversation } = window.parleyDemo!;
    conversation?.on('update', () => {
      for (const { text } of conversation.messages()) {
        noting.shownAtMillis[text] ??= performance.timeOrigin + performance.now();
      }
    });
  });
}

function shownIn({ page }: ChatTab): Promise<Record<string, number>> {
  return page.evaluate(() => (window as unknown as Noting).shownAtMillis);
}

/** When each was sent, UTC. */
function sendAll({ page }: ChatTab): Promise<number[]> {
  return page.evaluate(
    async ({ messages, pauseMillis }) => {
      const times: number[] = [];
      for (let i = 0; i < messages; i++) {
        times.push(performance.timeOrigin + performance.now());
        await window.parleyDemo?.conversation?.send(`message ${i}`).sent;
        await new Promise((resolve) => setTimeout(resolve, pauseMillis));
      }
      return times;
    },
    { messages: MESSAGES, pauseMillis: PAUSE_MILLIS },
  );
}
