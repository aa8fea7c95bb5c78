import { afterEach, beforeEach, expect, test } from 'vitest';
import { PseudoRandom } from '../test/fixture/pseudo-random.ts';
import { SEED } from '../test/fixture/seed.ts';
import { BrowserProcess } from './fixture/browser-process.ts';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import type { Gateway } from './fixture/gateway.ts';
import { allTexts, publicPart, readLog, replay } from './fixture/log.ts';
import { Tags } from './fixture/tags.ts';
import { Tier } from './fixture/tier.ts';
import { Writer } from './fixture/writer.ts';

const TAGS_BETWEEN = 40;
const SETTLING_MILLIS_MAX = 90_000;

let tier: Tier;
let browsers: BrowserProcess[];

beforeEach(async () => {
  tier = await Tier.start();
  browsers = await Promise.all([BrowserProcess.start(), BrowserProcess.start(), BrowserProcess.start()]);
});
afterEach(async () => {
  await Promise.all(browsers.map((browser) => browser.kill()));
  await tier.end();
});

/** Browsers that are connected to it. */
async function connectionsOf(node: Gateway): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${node.port}/metrics`)).text();
  return Number(/^parley_connections(?:{.*})? (\S+)$/m.exec(metrics)?.[1]);
}

test('browsers on three gateways end with the same bytes, whichever gateway is killed and comes back', async () => {
  const random = new PseudoRandom(SEED);
  const tags = new Tags();
  const [shop, desk, office] = browsers as [BrowserProcess, BrowserProcess, BrowserProcess];
  const first = await ChatTab.visitor(shop, tier.origin);
  const conversation = await first.openConversationId();
  const visitors = [first, await ChatTab.visitor(shop, tier.origin)];
  const agents = [
    await ChatTab.agent(desk, tier.origin, 'Ann', conversation),
    await ChatTab.agent(office, tier.origin, 'Bob', conversation),
  ];
  await eventually('each gateway has one of them', async () => {
    const connections = await Promise.all(tier.nodes.map(connectionsOf));
    return connections.every((count) => count === 1);
  });
  await first.write({ kind: 'say', text: `Hello ${tags.next()}` });

  const all = [...visitors, ...agents];
  const writers = all.map((tab) => new Writer(visitors.includes(tab) ? 'visitor' : 'agent', random, tags));
  let isDone = false;
  const writing = Promise.all(
    writers.map((writer, i) => {
      return writer.write(
        () => all[i],
        () => isDone,
      );
    }),
  );
  const saved = (): string[] => writers.flatMap((writer) => writer.saved);
  for (const node of tier.nodes) {
    const wanted = saved().length + TAGS_BETWEEN;
    await eventually('they write on', () => saved().length >= wanted, SETTLING_MILLIS_MAX);
    await node.kill();
    await node.start();
  }
  isDone = true;
  await writing;

  const node = tier.nodes[0]!;
  let missing = saved();
  await eventually(
    'the log has all, and every tab shows it',
    async () => {
      const { entries } = await readLog(node, conversation);
      const found = Tags.in(allTexts(replay(entries)));
      const unsent = await Promise.all(all.map((tab) => tab.unsent()));
      missing = saved().filter((tag) => !found.includes(tag) && !JSON.stringify(unsent).includes(tag));
      const displays = await Promise.all(all.map((tab) => tab.display()));
      return (
        missing.length === 0 &&
        displays.every(({ canonical, pending }, i) => {
          const view = i < visitors.length ? replay(publicPart(entries), 'PUBLIC') : replay(entries);
          return pending === 0 && canonical === view.canonical();
        })
      );
    },
    SETTLING_MILLIS_MAX,
  );
  expect(missing).toEqual([]);
});
