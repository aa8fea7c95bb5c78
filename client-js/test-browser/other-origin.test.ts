import type { Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Client } from '../src/client.ts';
import { BrowserProcess } from './fixture/browser-process.ts';
import { eventually } from './fixture/eventually.ts';
import { Gateway } from './fixture/gateway.ts';
import { HttpProxy } from './fixture/http-proxy.ts';
import { Shop } from './fixture/shop.ts';

declare global {
  interface Window {
    client: Client;
    events: string[];
  }
}

const WAIT_MILLIS = 60_000;

let shop: Shop;
let gateway: Gateway;
let proxy: HttpProxy;
let browser: BrowserProcess;
let visitors = 0;
let visitor: string;

beforeAll(async () => {
  shop = await Shop.open();
  gateway = new Gateway([shop.site, shop.otherSite]);
  await gateway.start();
});
beforeEach(async () => {
  proxy = await HttpProxy.start(() => gateway.port);
  browser = await BrowserProcess.start();
  visitor = `visitor-${String(++visitors)}`;
});
afterEach(async () => {
  await browser.kill();
  proxy.close();
});
afterAll(async () => {
  shop.close();
  await gateway.remove();
});

async function tokenOf(subject: string, role: string): Promise<string> {
  const url = `http://127.0.0.1:${String(gateway.port)}/demo/token?role=${role}&subject=${subject}&name=${subject}`;
  return (await fetch(url, { method: 'POST' })).text();
}

async function connect(page: Page | Frame): Promise<void> {
  const given = { url: `${proxy.origin.replace('http', 'ws')}/ws`, token: await tokenOf(visitor, 'visitor') };
  await eventually('the script is there', () => page.evaluate(() => 'Parley' in window));
  await page.evaluate(({ url, token }) => {
    window.client = window.Parley.createClient({ url, token: () => Promise.resolve(token) });
    window.client.conversation({ name: 'chat' });
    window.client.connect();
  }, given);
  await eventually('the client is live', () => page.evaluate(() => window.client.state.name === 'live'), WAIT_MILLIS);
}

function transportsOf(pages: readonly (Page | Frame)[]): Promise<(string | undefined)[]> {
  return Promise.all(pages.map((page) => page.evaluate(() => window.client.stats().transport)));
}

async function say(page: Page | Frame, words: string): Promise<void> {
  await page.evaluate((text) => window.client.conversation({ name: 'chat' }).send(text).sent, words);
}

function textsOf(page: Page | Frame): Promise<string[]> {
  return page.evaluate(() =>
    window.client
      .conversation({ name: 'chat' })
      .messages()
      .map(({ text }) => text),
  );
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${String(gateway.port)}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

it('the tabs of a browser share one stream where upgrades are stripped', async () => {
  const pages: Page[] = [];
  for (let i = 0; i < 3; i++) {
    const page = await browser.newTab();
    await page.goto(shop.site);
    await connect(page);
    pages.push(page);
  }
  for (const [i, page] of pages.entries()) {
    await say(page, `from tab ${String(i)}`);
  }
  const expected = ['from tab 0', 'from tab 1', 'from tab 2'];
  for (const page of pages) {
    await eventually('all is shown', async () => (await textsOf(page)).join() === expected.join());
  }
  expect((await transportsOf(pages)).filter((transport) => transport !== undefined)).toEqual(['sse']);
  expect(await metric('parley_event_streams')).toBe(1);
});

it('a page on another origin than the gateway uses a WebSocket where one gets through', async () => {
  proxy.upgrades = true;
  const page = await browser.newTab();
  await page.goto(shop.site);
  await connect(page);
  await say(page, 'hello');
  expect(await transportsOf([page])).toEqual(['websocket']);
});

it.each([true, false])('a chat works in the frame of another site, with upgrades: %s', async (upgrades) => {
  proxy.upgrades = upgrades;
  const page = await browser.newTab();
  await page.goto(`${shop.site}/framed`);
  const frame = await eventually('the frame', () =>
    page.frames().find((each) => each.url().startsWith(shop.otherSite)),
  );
  await connect(frame);
  await say(frame, 'from a frame');
  expect(await textsOf(frame)).toEqual(['from a frame']);
  expect(await transportsOf([frame])).toEqual([upgrades ? 'websocket' : 'sse']);
});

it('a frame of another site has a storage of its own and shares nothing with the tabs of that site', async () => {
  const page = await browser.newTab();
  await page.goto(`${shop.site}/framed`);
  const frame = await eventually('the frame', () =>
    page.frames().find((each) => each.url().startsWith(shop.otherSite)),
  );
  const tab = await browser.newTab();
  await tab.goto(shop.otherSite);
  for (const each of [frame, tab]) {
    await connect(each);
  }
  await say(frame, 'from the frame');
  await say(tab, 'from the tab');
  const expected = ['from the frame', 'from the tab'];
  for (const each of [frame, tab]) {
    await eventually('both are shown', async () => (await textsOf(each)).join() === expected.join());
  }
  expect(await transportsOf([frame, tab])).toEqual(['sse', 'sse']);
  const leave = (each: Page | Frame): Promise<string | null> =>
    each.evaluate(() => {
      const found = localStorage.getItem('mark');
      localStorage.setItem('mark', 'was here');
      return found;
    });
  expect([await leave(tab), await leave(frame)]).toEqual([null, null]);
});

it('an EventSource follows a conversation with a ticket', async () => {
  const page = await browser.newTab();
  await page.goto(shop.site);
  await connect(page);
  await say(page, 'before');
  const id = await page.evaluate(() => window.client.conversation({ name: 'chat' }).id);
  const given = { origin: proxy.origin, id, token: await tokenOf('ann', 'agent') };
  await page.evaluate(async ({ origin, id, token }) => {
    const response = await fetch(`${origin}/v1/conversations/${id}/tickets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    const { path } = (await response.json()) as { path: string };
    window.events = [];
    new EventSource(`${origin}${path}&after=0`).onmessage = ({ data }) => {
      window.events.push(String(data));
    };
  }, given);
  const isTold = (text: string): Promise<boolean> =>
    page.evaluate((words) => window.events.some((event) => event.includes(words)), text);
  await eventually('what was before', () => isTold('"before"'));
  await say(page, 'after');
  await eventually('what comes', () => isTold('"after"'));
});
