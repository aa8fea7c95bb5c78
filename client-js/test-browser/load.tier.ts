import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PseudoRandom } from '../test/fixture/pseudo-random.ts';
import { SEED } from '../test/fixture/seed.ts';
import { components } from '../src/ot/text-edit.ts';
import type { Entry } from '../src/wire/wire.ts';
import { BrowserProcess } from './fixture/browser-process.ts';
import { eventually, pause } from './fixture/eventually.ts';
import { allTexts, publicPart, readLogWith, replay } from './fixture/log.ts';
import { Shop } from './fixture/shop.ts';
import { TierTab, wordsIn } from './fixture/tier-tab.ts';

/** The load test says where everything is, and its two files say how far the two have got. */
const url = given('PARLEY_TIER_URL');
const agentToken = given('PARLEY_TIER_AGENT');
const visitorTokens = given('PARLEY_TIER_VISITORS').split(' ');
const folder = given('PARLEY_TIER_FOLDER');
const WRITING = join(folder, 'writing');
const STOP = join(folder, 'stop');

const TABS_EACH = 2;
const POLL_MILLIS = 100;
const SETTLING_MILLIS_MAX = 180_000;

/** One conversation: its visitor's tabs, and the agent's. */
interface Chat {
  readonly id: string;
  readonly visitors: readonly TierTab[];
  readonly agent: TierTab;
}

let shop: Shop;
const browsers: BrowserProcess[] = [];

beforeAll(async () => {
  shop = await Shop.open(Number(given('PARLEY_TIER_SITE_PORT')));
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.kill()));
  shop.close();
});

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`no ${name}: this is a part of load-test's TierIT, which starts it`);
  }
  return value;
}

async function newBrowser(): Promise<BrowserProcess> {
  const browser = await BrowserProcess.start();
  browsers.push(browser);
  return browser;
}

async function begin(visitorToken: string, number: number, desk: BrowserProcess): Promise<Chat> {
  const seat = { page: shop.site, url, token: visitorToken, target: { name: 'chat' } };
  const browser = await newBrowser();
  const visitors: TierTab[] = [];
  for (let i = 0; i < TABS_EACH; i++) {
    visitors.push(await TierTab.seat(browser, `tab ${i} of visitor ${number}`, seat));
  }
  const id = await visitors[0]!.openConversationId();
  const agent = await TierTab.seat(desk, `agent's tab ${number}`, { ...seat, token: agentToken, target: { id } });
  return { id, visitors, agent };
}

function tabsOf({ visitors, agent }: Chat): TierTab[] {
  return [...visitors, agent];
}

function inOneLine({ revision, outbox, seq, effects }: Entry): string {
  const edits = effects.map(({ create, editText, set }) => {
    const edit = editText && [editText.block, editText.baseLength, ...components(editText.edit!)];
    return JSON.stringify(edit ?? create ?? set);
  });
  return `${revision} ${outbox}/${seq} ${edits.join()}`;
}

/** All that is to be said of a chat, and of each tab in it; where all is well, `wanted` says the same. */
async function verdict(chat: Chat): Promise<unknown> {
  const { entries } = await readLogWith(agentToken, url, chat.id);
  const staff = replay(entries);
  const found = wordsIn(allTexts(staff));
  const shown = { public: replay(publicPart(entries), 'PUBLIC').canonical(), staff: staff.canonical() };
  const tabs = tabsOf(chat).map(async (tab) => {
    await tab.loadAll();
    const { canonical, pending, connection, divergences } = await tab.display();
    const { saved, sent, refused } = await tab.told();
    const log = tab === chat.agent ? shown.staff : shown.public;
    return {
      tab: tab.name,
      connection,
      divergences,
      pending,
      unsent: await tab.unsent(),
      refused,
      'not told that it is sent': saved.filter((word) => !sent.includes(word)),
      'not in the log': saved.filter((word) => !found.includes(word)),
      shows: canonical === log ? 'the log' : canonical,
    };
  });
  const doubled = found.filter((word, i) => found.indexOf(word) !== i);
  return { doubled, tabs: await Promise.all(tabs) };
}

function wanted(chat: Chat): unknown {
  const tabs = tabsOf(chat).map(({ name }) => ({
    tab: name,
    connection: 'live',
    divergences: 0,
    pending: 0,
    unsent: [],
    refused: [],
    'not told that it is sent': [],
    'not in the log': [],
    shows: 'the log',
  }));
  return { doubled: [], tabs };
}

test('what the tabs of browsers are told is sent is in the log once, and all of them show the log', async () => {
  const desk = await newBrowser();
  const chats: Chat[] = [];
  for (const [i, token] of visitorTokens.entries()) {
    chats.push(await begin(token, i, desk));
  }
  const all = chats.flatMap(tabsOf);
  writeFileSync(WRITING, '');

  let isDone = false;
  const writing = all.map((tab, i) => {
    return tab.writeOn(new PseudoRandom(SEED + i), () => isDone);
  });
  while (!existsSync(STOP)) {
    await Promise.race([pause(POLL_MILLIS), ...writing]);
  }
  isDone = true;
  await Promise.all(writing);
  // Who is alive again says so, and the others hear it.
  for (const tab of all) {
    await tab.writeWord(true);
  }

  for (const chat of chats) {
    let last: unknown;
    const isWell = async (): Promise<boolean> => {
      last = await verdict(chat);
      return JSON.stringify(last) === JSON.stringify(wanted(chat));
    };
    await eventually('all is well', isWell, SETTLING_MILLIS_MAX).catch(async (error: unknown) => {
      console.log(error);
      const { entries } = await readLogWith(agentToken, url, chat.id);
      console.log(entries.map(inOneLine).join('\n'));
    });
    expect(last).toEqual(wanted(chat));
  }
  const told = await Promise.all(all.map((tab) => tab.told()));
  const connections = await Promise.all(all.map(async (tab) => `${tab.name}: ${await tab.connection()}`));
  const sent = told.reduce((sum, each) => sum + each.sent.length, 0);
  console.log(`${all.length} tabs of ${browsers.length} browsers were told of ${sent} that they are sent.`);
  console.log(connections.join('\n'));
});
