import { beforeEach, expect, it } from 'vitest';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import { FakeBrowser, type FakePage } from '../fixture/fake-browser.ts';
import { FakeClock } from '../fixture/fake-clock.ts';
import { FakeGateway, tokenOf } from '../fixture/fake-gateway.ts';
import { FakeHubWorker } from '../fixture/fake-hub-worker.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let browser: FakeBrowser;
let worker: FakeHubWorker;
/** How often a tab was asked for a token. */
let tokens = 0;

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  gateway.timeMillis = () => clock.nowMillis();
  browser = new FakeBrowser(gateway, clock);
  worker = new FakeHubWorker(browser, 'vera');
  tokens = 0;
});

interface Tab {
  readonly page: FakePage;
  readonly chat: ConversationHandle;
}

async function open(): Promise<Tab> {
  const { SharedWorker } = worker;
  const token = (): Promise<string> => {
    tokens++;
    return Promise.resolve(tokenOf('vera', 'VISITOR'));
  };
  const page = browser.open('vera', 'VISITOR', { tabs: { worker: 'hub.js' }, SharedWorker, token });
  const chat = page.client.conversation({ name: 'chat' });
  await clock.advance(100);
  return { page, chat };
}

async function openAll(count: number): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let i = 0; i < count; i++) {
    tabs.push(await open());
  }
  return tabs;
}

const statsOf = ({ page }: Tab) => page.client.stats().tabs;
const textsOf = ({ chat }: Tab) => chat.messages().map(({ text }) => text);
const sockets = () => gateway.connections.filter(({ isOpen }) => isOpen);

it('the worker has the socket, and goes on whichever tab is closed', async () => {
  const tabs = await openAll(4);
  expect(sockets().map(({ owner }) => owner)).toEqual([worker]);
  tabs.shift()!.page.kill();
  await tabs[0]!.chat.send('Hello').sent;
  await clock.advance(100);
  tabs.forEach((tab) => {
    expect(textsOf(tab)).toEqual(['Hello']);
    expect(statsOf(tab)).toMatchObject({ rung: 'worker', role: 'follower', failovers: 0 });
  });
  expect(gateway.connections).toHaveLength(1);
});

it('a tab leads as soon as the worker is gone', async () => {
  const tabs = await openAll(4);
  worker.kill();
  await clock.advance(200);
  expect(sockets()).toHaveLength(1);
  await tabs[0]!.chat.send('Hello').sent;
  await clock.advance(100);
  expect(tabs.map(textsOf)).toEqual(tabs.map(() => ['Hello']));
  expect(tabs.filter((tab) => statsOf(tab).role === 'leader')).toHaveLength(1);
  expect(statsOf(tabs[3]!).rung).toBe('lock');
});

it('one tab of many gives the worker a token before the last one expires', async () => {
  gateway.tokenMillis = 600_000;
  await openAll(5);
  const before = tokens;
  await clock.advance(545_000);
  expect(tokens - before).toBe(1);
  expect(sockets()[0]?.kinds.filter((kind) => kind === 'refresh')).toHaveLength(1);
  expect(gateway.connections).toHaveLength(1);
});

it('the worker leaves when it finds no tab', async () => {
  const [tab] = await openAll(1);
  tab!.page.kill();
  await clock.advance(20_000);
  expect(sockets()).toHaveLength(1);
  await clock.advance(60_000);
  expect(sockets()).toHaveLength(0);
  const later = await open();
  await later.chat.send('Hello').sent;
  expect(statsOf(later).rung).toBe('worker');
});

it('tabs lead themselves when the worker does not answer', async () => {
  worker.kill();
  const [tab] = await openAll(1);
  await clock.advance(4_000);
  await tab!.chat.send('Hello').sent;
  expect(statsOf(tab!)).toMatchObject({ rung: 'lock', role: 'leader' });
});
