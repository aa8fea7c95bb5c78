import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import { Notifier, type NotificationLike } from '../../src/notify/index.ts';
import { FakeBrowser, type FakePage } from '../fixture/fake-browser.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeGateway } from '../fixture/fake-gateway.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let browser: FakeBrowser;
/** What the browser shows now, and how much it ever showed. */
let shown: Map<string, FakeNotification>;
let showings: number;

class FakeNotification implements NotificationLike {
  static permission = 'granted';
  onclick: ((event: never) => void) | null = null;

  constructor(
    readonly title: string,
    readonly options: { readonly body?: string; readonly tag: string },
  ) {
    showings++;
    shown.set(options.tag, this);
  }

  close(): void {
    shown.delete(this.options.tag);
  }
}

interface Tab {
  readonly page: FakePage;
  readonly chat: ConversationHandle;
  readonly window: { title: string; badges: number[]; focused: number };
}

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  browser = new FakeBrowser(gateway, clock);
  gateway.timeMillis = () => clock.nowMillis();
  shown = new Map();
  showings = 0;
  FakeNotification.permission = 'granted';
});

async function open(): Promise<Tab> {
  const page = browser.open('vera', 'VISITOR', { tabs: 'auto' });
  const chat = page.client.conversation({ name: 'chat' });
  const window = {
    ...{ title: 'Shop', badges: [] as number[], focused: 0 },
    focus: () => window.focused++,
    badge: (count: number) => window.badges.push(count),
  };
  const words = ({ author, text }: { author: { name: string }; text: string }) => ({ title: author.name, body: text });
  new Notifier(page.client, chat, { words, clock: page.clock, Notification: FakeNotification, page: window });
  await clock.advance(100);
  return { page, chat, window };
}

async function agentSays(text: string): Promise<void> {
  const page = browser.open('ann', 'AGENT');
  await settled();
  await page.client.conversation({ id: 'vera:chat' }).send(text).sent;
  page.client.close();
  await settled();
}

describe('a message that nobody reads', () => {
  it('is told of once in the browser, and counted in every title', async () => {
    const tabs = [await open(), await open(), await open()];
    await agentSays('Hello');
    expect(shown.size).toBe(0);
    await clock.advance(1_000);
    expect([...shown.values()].map(({ title, options }) => [title, options.body])).toEqual([['ann', 'Hello']]);
    expect(showings).toBe(1);
    expect(tabs.map(({ window }) => window.title)).toEqual(['(1) Shop', '(1) Shop', '(1) Shop']);
    expect(tabs.map(({ window }) => window.badges.length > 1)).toEqual([true, false, false]);
  });

  it('is told of no longer in any tab when it is read in one', async () => {
    const tabs = [await open(), await open()];
    await agentSays('Hello');
    await clock.advance(1_000);
    tabs[1]!.chat.advance('read', tabs[1]!.chat.revision);
    await clock.advance(100);
    expect(shown.size).toBe(0);
    expect(tabs.map(({ window }) => window.title)).toEqual(['Shop', 'Shop']);
  });

  it('is not told of when it is read at once, or was unread before the page came', async () => {
    const tab = await open();
    await agentSays('seen');
    tab.chat.advance('read', tab.chat.revision);
    await clock.advance(1_000);
    await agentSays('before');
    tab.page.kill();
    const later = await open();
    await clock.advance(1_000);
    expect(showings).toBe(0);
    expect(later.window.title).toBe('(1) Shop');
  });

  it('is told of by the tab that leads by then', async () => {
    const tabs = [await open(), await open()];
    await agentSays('Hello');
    const leader = tabs.find(({ page }) => page.client.stats().tabs.role === 'leader')!;
    leader.page.kill();
    await clock.advance(1_000);
    expect(showings).toBe(1);
  });

  it('is only counted where nobody may be told', async () => {
    FakeNotification.permission = 'default';
    const tab = await open();
    await agentSays('Hello');
    await clock.advance(1_000);
    expect(showings).toBe(0);
    expect(tab.window.title).toBe('(1) Shop');
  });

  it('brings its page to the front when its notification is clicked', async () => {
    const tab = await open();
    await agentSays('Hello');
    await clock.advance(1_000);
    [...shown.values()][0]?.onclick?.(undefined as never);
    expect(tab.window.focused).toBe(1);
    expect(shown.size).toBe(0);
  });
});
