import { expect, test } from 'vitest';
import type { BrowserProcess } from './fixture/browser-process.ts';
import { ChatTab, type Setting } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { allShowTheLog } from './fixture/shown-log.ts';
import { LEASE, LOCK, OFF, WORKER } from './fixture/rung.ts';
import { Stage } from './fixture/stage.ts';

const stage = Stage.forThisFile();

/** What a tab says of its part in the browser's connection. */
function statsOf(tab: ChatTab): Promise<{ rung: string; role: string; epoch: number; failovers: number }> {
  return tab.page.evaluate(() => {
    const { rung, role, epoch, failovers } = window.parleyDemo!.client.stats().tabs;
    return { rung, role, epoch, failovers };
  });
}

async function openAll(browser: BrowserProcess, count: number, origin: string, setting: Setting): Promise<ChatTab[]> {
  const tabs: ChatTab[] = [];
  for (let i = 0; i < count; i++) {
    tabs.push(await ChatTab.visitor(browser, origin, setting));
  }
  return tabs;
}

async function say(tab: ChatTab, words: string): Promise<void> {
  await tab.write({ kind: 'say', text: words });
}

function areTheSame(tabs: readonly ChatTab[], conversation: string, messages: number): Promise<void> {
  return allShowTheLog(stage.gateway, tabs, conversation, messages);
}

test.each([LOCK, WORKER, LEASE])(
  'ten tabs are one connection, and each entry crosses the network once: $rung',
  async (tested) => {
    const network = stage.network();
    const tabs = await openAll(await stage.browser(), 10, network.origin, tested);
    const conversation = await tabs[0]!.conversationId();
    expect(network.webSockets).toHaveLength(1);
    const stats = await Promise.all(tabs.map(statsOf));
    expect(stats.map(({ rung }) => rung)).toEqual(tabs.map(() => tested.rung));
    expect(stats.filter(({ role }) => role === 'leader')).toHaveLength(tested.rung === 'worker' ? 0 : 1);
    expect(stats.filter(({ role }) => role === 'solo')).toHaveLength(0);
    const workers = tabs.map((tab) => tab.page.workers().length);
    const leading = workers.filter((_, i) => stats[i]?.role === 'leader');
    const ready = workers.filter((count, i) => stats[i]?.role !== 'leader' && count > 0);
    expect(leading).toEqual(tested.rung === 'worker' ? [] : [1]);
    expect(ready, 'of those that wait').toEqual(tested.rung === 'lease' ? [] : [1]);

    let entries = 0;
    network.observers.add({
      fromGateway(frame) {
        entries += frame.entries?.entries.length ?? 0;
      },
    });
    for (const [i, tab] of tabs.entries()) {
      await say(tab, `from tab ${i}`);
    }
    await areTheSame(tabs, conversation, 10);
    expect(entries).toBe(10);
  },
);

test('tabs that share nothing have a connection each, and the same conversation', async () => {
  const network = stage.network();
  const tabs = await openAll(await stage.browser(), 3, network.origin, OFF);
  const conversation = await tabs[0]!.conversationId();
  expect(network.webSockets).toHaveLength(3);
  expect((await statsOf(tabs[0]!)).rung).toBe('off');
  for (const tab of tabs) {
    await say(tab, 'alone');
  }
  await areTheSame(tabs, conversation, 3);
});

test('the worker leads whatever becomes of tabs, and a tab does when the renderer that started the worker dies', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const [first, ...others] = await openAll(browser, 4, network.origin, WORKER);
  const conversation = await first!.conversationId();
  const before = await statsOf(first!);
  await others.pop()!.close();
  await others[0]!.reload();
  await say(others[1]!, 'still the worker');
  await areTheSame([first!, ...others], conversation, 1);
  expect(await statsOf(others[1]!)).toEqual({ ...before, rung: 'worker', role: 'follower' });

  await first!.crash();
  await say(others[0]!, 'a tab leads');
  await areTheSame(others, conversation, 2);
  const stats = await Promise.all(others.map(statsOf));
  expect(stats.map(({ rung }) => rung)).toEqual(['lock', 'lock']);
  expect(stats.map(({ role }) => role).sort()).toEqual(['follower', 'leader']);
  await eventually('one socket is left', () => network.webSockets.length === 1);
});

test('tabs lead themselves where the worker does not start', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const before = 'SharedWorker = function () { throw new DOMException("not here", "SecurityError"); };';
  const tabs = await openAll(browser, 2, network.origin, { ...WORKER, before });
  expect((await Promise.all(tabs.map(statsOf))).map(({ rung }) => rung)).toEqual(['lock', 'lock']);
  expect(network.webSockets).toHaveLength(1);
});

test('who becomes somebody else in one tab is so in all, and sees nothing of before', async () => {
  const browser = await stage.browser();
  const tabs: ChatTab[] = [];
  for (let i = 0; i < 3; i++) {
    tabs.push(await ChatTab.visitor(browser, stage.network().origin));
  }
  await say(tabs[0]!, 'private');
  for (const tab of tabs) {
    await eventually('all see it', async () => (await tab.shownTexts()).length === 1);
  }
  const before = await tabs[0]!.subject();
  await tabs[1]!.page.bringToFront();
  await tabs[1]!.find('somebody-else').click();
  for (const tab of tabs) {
    await eventually('the tab is of somebody else', async () => {
      const subject = await tab.subject();
      return subject !== '' && subject !== before && (await tab.display()).connection === 'live';
    });
    expect(await tab.shownTexts()).toEqual([]);
  }
  const subjects = await Promise.all(tabs.map((tab) => tab.subject()));
  expect(new Set(subjects).size).toBe(1);
  expect(stage.network().webSockets).toHaveLength(1);
});

test('an answer that nobody sees is told of once, and no more when one tab shows it', async () => {
  const [shop, desk] = [await stage.browser(), await stage.browser()];
  const { origin } = stage.network();
  const tabs: ChatTab[] = [];
  for (let i = 0; i < 3; i++) {
    const page = await shop.newTab();
    await page.context().grantPermissions(['notifications'], { origin });
    await page.addInitScript(() => {
      const counter = window as { madeCount?: number; closedCount?: number };
      window.Notification = class extends Notification {
        constructor(title: string, options?: NotificationOptions) {
          super(title, options);
          counter.madeCount = (counter.madeCount ?? 0) + 1;
        }
        override close(): void {
          super.close();
          counter.closedCount = (counter.closedCount ?? 0) + 1;
        }
      };
    });
    tabs.push(await ChatTab.open(page, `${origin}/visitor.html`));
  }
  const counted = async (): Promise<[number, number]> => {
    const counts = await Promise.all(
      tabs.map(({ page }) =>
        page.evaluate(() => {
          const { madeCount = 0, closedCount = 0 } = window as { madeCount?: number; closedCount?: number };
          return [madeCount, closedCount] as const;
        }),
      ),
    );
    return [counts.reduce((sum, [made]) => sum + made, 0), counts.reduce((sum, [, closed]) => sum + closed, 0)];
  };
  const blank = await shop.newTab();
  await blank.bringToFront();
  const agent = await ChatTab.agent(desk, origin, 'Ann', await tabs[0]!.conversationId());
  await say(agent, 'An answer');
  await eventually('it is told of', async () => (await counted())[0] === 1);
  for (const tab of tabs) {
    await eventually('its title counts', async () => (await tab.page.title()).startsWith('(1) '));
  }
  await tabs[2]!.page.bringToFront();
  await eventually('it is told of no more', async () => (await counted())[1] === 1);
  for (const tab of tabs) {
    await eventually('its title does not count', async () => !(await tab.page.title()).startsWith('('));
  }
  expect((await counted())[0]).toBe(1);
});
