import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import { surroundings } from '../../src/environment.ts';
import { Bus } from '../../src/tabs/bus.ts';
import { KeyRing } from '../../src/tabs/key-ring.ts';
import type { ClientFrame } from '../../src/wire/wire.ts';
import { FakeBrowser, type FakePage } from '../fixture/fake-browser.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { DAY_MILLIS, FakeGateway, tokenOf } from '../fixture/fake-gateway.ts';
import { fakeSubtle } from '../fixture/fake-subtle.ts';
import { RUNG } from '../fixture/rung.ts';

const { rung, openMillis, graceMillis } = RUNG.tested;

let gateway: FakeGateway;
let clock: FakeClock;
let browser: FakeBrowser;

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  browser = new FakeBrowser(gateway, clock, rung !== 'lease');
  gateway.timeMillis = () => clock.nowMillis();
});

interface Tab {
  readonly page: FakePage;
  readonly chat: ConversationHandle;
}

async function open(subject = 'vera'): Promise<Tab> {
  const page = browser.open(subject, 'VISITOR', { tabs: 'auto' });
  const chat = page.client.conversation({ name: 'chat' });
  await clock.advance(openMillis);
  return { page, chat };
}

async function openAll(count: number): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let i = 0; i < count; i++) {
    tabs.push(await open());
  }
  return tabs;
}

const sockets = () => gateway.connections.filter(({ isOpen }) => isOpen);
const roleOf = ({ page }: Tab) => page.client.stats().tabs.role;
const textsOf = ({ chat }: Tab) => chat.messages().map(({ text }) => text);
const log = () => gateway.conversation('vera:chat').log;

async function allHave(tabs: readonly Tab[], ...texts: string[]): Promise<void> {
  await settled();
  tabs.forEach((tab) => {
    expect(textsOf(tab)).toEqual(texts);
  });
}

describe('ten tabs of one visitor', () => {
  it('are one connection, and all have what one writes', async () => {
    const tabs = await openAll(10);
    expect(sockets()).toHaveLength(1);
    expect(tabs.map(roleOf).filter((role) => role === 'leader')).toHaveLength(1);
    tabs.forEach(({ page }) => {
      expect(page.client.state.name).toBe('live');
    });
    await tabs[7]!.chat.send('Hello').sent;
    await tabs[0]!.chat.send('Hi').sent;
    await allHave(tabs, 'Hello', 'Hi');
  });

  it('get each entry over the network once', async () => {
    const tabs = await openAll(10);
    const [connection] = sockets();
    const before = connection?.bytesSent ?? 0;
    await tabs[3]!.chat.send('x'.repeat(200)).sent;
    await allHave(tabs, 'x'.repeat(200));
    expect((connection?.bytesSent ?? 0) - before).toBeLessThan(600);
  });

  it('write into one text at once and end with the same', async () => {
    const tabs = await openAll(4);
    const { id, sent } = tabs[0]!.chat.send('text');
    await sent;
    await settled();
    tabs.forEach(({ chat }, i) => {
      chat.setText(id, `${i}text`, 1);
    });
    await clock.advance(1_000);
    const [first] = tabs.map(textsOf);
    expect([...(first?.[0] ?? '')].sort().join('')).toBe('0123ettx');
    await allHave(tabs, ...(first ?? []));
  });

  it('are one connection again after it broke, and ask for what they miss once', async () => {
    const tabs = await openAll(5);
    await tabs[0]!.chat.send('before').sent;
    sockets()[0]?.close(1006);
    await clock.advance(30_000);
    expect(sockets()).toHaveLength(1);
    expect(sockets()[0]?.kinds.filter((kind) => kind === 'open')).toHaveLength(1);
    await tabs[4]!.chat.send('after').sent;
    await allHave(tabs, 'before', 'after');
  });

  it('keep what they wrote without a connection', async () => {
    const tabs = await openAll(3);
    gateway.isDown = true;
    sockets()[0]?.cut();
    sockets()[0]?.close(1006);
    tabs.forEach(({ chat }, i) => {
      chat.send(`offline ${i}`);
    });
    await clock.advance(30_000);
    expect(log()).toHaveLength(0);
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(log()).toHaveLength(3);
    await allHave(tabs, ...(tabs[0] ? textsOf(tabs[0]) : []));
    expect(sockets()).toHaveLength(1);
  });
});

describe('seventy tabs of one visitor', () => {
  it.skipIf(rung === 'lease')('are not too many to come back with what each wrote', async () => {
    const tabs = await openAll(70);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    tabs.forEach(({ chat }, i) => {
      chat.send(`offline ${i}`);
    });
    await clock.advance(1_000);
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(log()).toHaveLength(70);
  });
});

describe('a new tab', () => {
  it('shows at once what others have, and gets only the difference from the gateway', async () => {
    const tabs = await openAll(2);
    for (let i = 0; i < 5; i++) {
      await tabs[0]!.chat.send(`${i}`.repeat(300)).sent;
    }
    await clock.advance(2_000);
    await tabs[0]!.chat.send('since then').sent;
    const [connection] = sockets();
    const before = connection?.bytesSent ?? 0;
    const late = await open();
    await allHave([...tabs, late], ...[0, 1, 2, 3, 4].map((i) => `${i}`.repeat(300)), 'since then');
    expect((connection?.bytesSent ?? 0) - before).toBeLessThan(300);
  });

  it('shows what there was without a connection, with what is written there', async () => {
    const [tab] = await openAll(1);
    await tab!.chat.send('before').sent;
    await clock.advance(2_000);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    const late = await open();
    late.chat.send('offline');
    await allHave([late], 'before', 'offline');
    expect(late.chat.id).toBe('vera:chat');
    gateway.isDown = false;
    await clock.advance(60_000);
    await allHave([tab!, late], 'before', 'offline');
  });

  it('shows another view when its role is another one by now', async () => {
    const page = browser.open('ann', 'AGENT', { tabs: 'auto' });
    const chat = page.client.conversation({ id: 'vera:chat' });
    await clock.advance(openMillis);
    await chat.createBlock({ kind: 'NOTE', text: 'for staff' }).sent;
    await clock.advance(2_000);
    page.kill();
    const later = browser.open('ann', 'VISITOR', { tabs: 'auto' });
    const seen = later.client.conversation({ id: 'vera:chat' });
    await clock.advance(graceMillis);
    expect(later.client.state.name).toBe('live');
    expect(seen.notes()).toEqual([]);
  });
});

describe('a new tab whose question is on its way', () => {
  it('is not given, nor gives others, the answer to what nobody asked', async () => {
    const tabs = await openAll(2);
    const { id } = tabs[0]!.chat.send('Hello');
    await clock.advance(1_000);
    const { client } = browser.open('vera', 'VISITOR', { tabs: 'auto', indexedDB: new IDBFactory() });
    const [connection] = sockets();
    const held: ClientFrame[] = [];
    gateway.intercept = (_, frame) => (frame.open !== undefined || frame.submit !== undefined) && held.push(frame) > 0;
    const chat = client.conversation({ name: 'chat' });
    await clock.advance(1_000);
    tabs[1]!.chat.setText(id, 'Hello!');
    await clock.advance(1_000);
    const sequencer = gateway.conversation('vera:chat');
    const handle = [...connection!.handles.keys()][0]!;
    const { revision, head } = { revision: 1, head: sequencer.heads[1]! };
    const resumed = {
      conversation: '',
      name: 'chat',
      kind: '',
      pending: true,
      outboxes: [],
      position: { revision, head },
    };
    connection!.send({ opened: sequencer.open(handle, resumed, 'PUBLIC') });
    await clock.advance(1_000);
    expect(held.flatMap((frame) => Object.keys(frame))).toEqual(['open', 'submit']);
    gateway.intercept = () => false;
    held.reverse().forEach((frame) => {
      gateway.frameReceived(connection!, frame);
    });
    await clock.advance(20_000);
    expect(chat.messages().map(({ text }) => text)).toEqual(['Hello!']);
    expect(tabs.flatMap((tab) => tab.chat.unsent())).toEqual([]);
    await allHave(tabs, 'Hello!');
  });
});

describe('a tab that leaves a conversation', () => {
  it('does not take it from another that is about to get it', async () => {
    const first = await open();
    const { client } = browser.open('vera', 'VISITOR', { tabs: 'auto' });
    await clock.advance(openMillis);
    const [connection] = sockets();
    const held: Uint8Array[] = [];
    connection!.sendBytes = (bytes) => held.push(bytes);
    const second = client.conversation({ name: 'chat' });
    await clock.advance(openMillis);
    first.chat.close();
    await clock.advance(1_000);
    Reflect.deleteProperty(connection!, 'sendBytes');
    expect(held).not.toEqual([]);
    held.forEach((bytes) => {
      connection!.sendBytes(bytes);
    });
    await clock.advance(1_000);
    const elsewhere = new FakeBrowser(gateway, clock).open('vera');
    await elsewhere.client.conversation({ name: 'chat' }).send('Hello').sent;
    await clock.advance(1_000);
    expect(second.messages().map(({ text }) => text)).toEqual(['Hello']);
  });
});

describe('what waits in one tab', () => {
  it('is shown in the others until its entry comes', async () => {
    const tabs = await openAll(3);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    const { id } = tabs[1]!.chat.send('offline');
    tabs[1]!.chat.setText(id, 'offline, and more');
    await clock.advance(1_000);
    await allHave(tabs, 'offline, and more');
    tabs[1]!.chat.setText(id, 'offline, and even more');
    await clock.advance(1_000);
    await allHave(tabs, 'offline, and even more');
    const late = await open();
    await allHave([...tabs, late], 'offline, and even more');
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(log().length).toBeGreaterThan(0);
    await allHave([...tabs, late], 'offline, and even more');
  });

  it('is shown in the others once, under whichever outbox it goes when its tab has slept', async () => {
    const tabs = await openAll(3);
    const author = tabs[1]!;
    author.page.gate.isDiskSlow = true;
    author.chat.send('on its way');
    await settled();
    author.chat.send('not saved');
    await clock.advance(1_000);
    await allHave(tabs.slice(0, 1), 'on its way', 'not saved');
    author.page.sleep();
    author.page.gate.isDiskSlow = false;
    await clock.advance(graceMillis);
    author.page.wake();
    await clock.advance(60_000);
    expect(log()).toHaveLength(2);
    await allHave(tabs, 'on its way', 'not saved');
  });

  it('is shown in the others no longer when its tab is gone and had not saved it, and is when it had', async () => {
    const tabs = await openAll(4);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    const [first, author, ...others] = tabs;
    await author!.chat.send('saved').saved;
    await clock.advance(1_000);
    author!.page.gate.isDiskSlow = true;
    author!.chat.send('on its way');
    await settled();
    author!.chat.send('not saved');
    await clock.advance(1_000);
    await allHave(tabs, 'saved', 'on its way', 'not saved');
    author!.page.kill();
    await clock.advance(60_000);
    await allHave([first!, ...others], 'saved', 'on its way');
    await allHave([await open()], 'saved', 'on its way');
    gateway.isDown = false;
    await clock.advance(60_000);
    await allHave([first!, ...others], 'saved', 'on its way');
    expect(log()).toHaveLength(2);
  });

  it('cannot be changed in another until its entry comes', async () => {
    const tabs = await openAll(2);
    const [author, other] = tabs.map(({ chat }) => chat);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    const { id } = author!.send('offline');
    await clock.advance(1_000);
    expect(other!.messages().map((message) => message.id)).toEqual([id]);
    expect([author!, other!].map((chat) => chat.isChangeable(id))).toEqual([true, false]);
    expect(() => other!.react(id, 'thumb')).toThrow(expect.objectContaining({ code: 'UNKNOWN_BLOCK' }) as Error);
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(other!.isChangeable(id)).toBe(true);
    await other!.react(id, 'thumb').sent;
    await allHave(tabs, 'offline');
  });

  it('vanishes everywhere when it is rejected', async () => {
    const tabs = await openAll(3);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    gateway.conversation('vera:chat').forbids = () => true;
    tabs[1]!.chat.send('never').sent.catch(() => undefined);
    await clock.advance(1_000);
    await allHave(tabs, 'never');
    gateway.isDown = false;
    await clock.advance(60_000);
    await allHave(tabs);
    expect(tabs[1]!.chat.unsent().map(({ text }) => text)).toEqual(['never']);
  });
});

describe('what a closed tab left', () => {
  it('is sent through the same connection, and the tab that sends it goes on hearing of its own conversation', async () => {
    const tabs = await openAll(3);
    gateway.isMute = true;
    const doomed = tabs.find((tab) => roleOf(tab) === 'follower')!;
    const others = tabs.filter((tab) => tab !== doomed);
    gateway.intercept = (_, { submit }) => submit !== undefined;
    const { saved } = doomed.chat.send('left');
    await saved;
    doomed.page.kill();
    gateway.intercept = () => false;
    gateway.isMute = false;
    await clock.advance(1_000 + graceMillis);
    await allHave(others, 'left');
    await others[0]!.chat.send('more').sent;
    await allHave(others, 'left', 'more');
    await others[1]!.chat.send('and more').sent;
    await allHave(others, 'left', 'more', 'and more');
    expect(gateway.connections).toHaveLength(1);
  });
});

describe('another tab leads', () => {
  const leaderOf = (tabs: readonly Tab[]): Tab => tabs.find((tab) => roleOf(tab) === 'leader')!;

  async function goesOn(tabs: readonly Tab[], limitMillis: number = graceMillis): Promise<void> {
    const before = log().length;
    tabs.forEach(({ chat }, i) => {
      chat.send(`message ${i}`);
    });
    await clock.advance(limitMillis);
    expect(log()).toHaveLength(before + tabs.length);
    expect(tabs.filter((tab) => roleOf(tab) === 'leader')).toHaveLength(1);
    await allHave(tabs, ...textsOf(tabs[0]!));
  }

  it('when the leader is closed or crashes', async () => {
    const tabs = await openAll(4);
    const leader = leaderOf(tabs);
    leader.page.kill();
    await goesOn(tabs.filter((tab) => tab !== leader));
  });

  it.each([
    { leftMillis: 3_600_000, asked: 0 },
    { leftMillis: 5_000, asked: 4 },
  ])('without a question for a token unless those at hand expire: in $leftMillis ms', async ({ leftMillis, asked }) => {
    const token = vi.fn(() => Promise.resolve(tokenOf('vera', 'VISITOR', clock.nowMillis() + leftMillis)));
    const tabs: Tab[] = [];
    for (let i = 0; i < 4; i++) {
      const page = browser.open('vera', 'VISITOR', { tabs: 'auto', token });
      tabs.push({ page, chat: page.client.conversation({ name: 'chat' }) });
      await clock.advance(openMillis);
    }
    token.mockClear();
    const leader = leaderOf(tabs);
    leader.page.kill();
    await goesOn(tabs.filter((tab) => tab !== leader));
    expect(token).toHaveBeenCalledTimes(asked);
  });

  it('when the leader goes into the back-forward cache, which comes back as one of many', async () => {
    const tabs = await openAll(4);
    const leader = leaderOf(tabs);
    leader.page.hide();
    await goesOn(tabs.filter((tab) => tab !== leader));
    leader.page.comeBack();
    await clock.advance(1_000);
    await goesOn(tabs);
    expect(sockets()).toHaveLength(1);
  });

  it.skipIf(rung === 'lease')(
    'when two led within the same millisecond and the second had not heard of the first',
    async () => {
      const tabs = await openAll(4);
      const [first, second, deaf, last] = tabs;
      deaf!.page.channels.isFrozen = true;
      first!.page.kill();
      await settled();
      const { epoch } = second!.page.client.stats().tabs;
      expect([second, last].map((tab) => tab!.page.client.stats().tabs.epoch)).toEqual([epoch, epoch]);
      second!.page.kill();
      await settled();
      expect(deaf!.page.client.stats().tabs).toMatchObject({ role: 'leader', epoch });
      deaf!.page.channels.thaw();
      await clock.advance(2_000);
      expect([deaf!, last!].map(({ page }) => page.client.state.name)).toEqual(['live', 'live']);
      await goesOn([deaf!, last!]);
    },
  );

  it('when the leader is frozen, within three seconds where a tab is looked at', async () => {
    const tabs = await openAll(4);
    const leader = leaderOf(tabs);
    leader.page.freeze();
    await goesOn(
      tabs.filter((tab) => tab !== leader),
      4_000,
    );
    leader.page.thaw();
    await clock.advance(2_000);
    await goesOn(tabs);
  });

  it.skipIf(rung === 'lease').each(['all', 'the leader alone', 'nobody'])(
    'and not the one whose turn it was, when that slept until the lock had been taken from it: %s heard of it',
    async (who) => {
      const tabs = await openAll(4);
      const [leader, next, ...others] = [leaderOf(tabs), ...tabs.filter((tab) => roleOf(tab) === 'follower')];
      next!.page.freeze();
      leader.page.kill();
      await clock.advance(4_000 + graceMillis);
      const leads = leaderOf(others);
      const deaf = others.filter((tab) => who === 'nobody' || (who !== 'all' && tab !== leads));
      deaf.forEach(({ page }) => (page.channels.deafTo = '"beat"'));
      next!.page.thaw();
      await settled();
      deaf.forEach(({ page }) => (page.channels.deafTo = undefined));
      await clock.advance(5_000);
      await goesOn([next!, ...others]);
      expect(sockets()).toHaveLength(1);
    },
  );

  it('when all tabs are hidden, after a minute', async () => {
    const tabs = await openAll(3);
    const leader = leaderOf(tabs);
    tabs.forEach(({ page }) => {
      page.show(false);
    });
    leader.page.freeze();
    const others = tabs.filter((tab) => tab !== leader);
    await clock.advance(10_000);
    expect(others.map(roleOf)).toEqual(['follower', 'follower']);
    await clock.advance(55_000);
    await goesOn(others);
  });

  it('at once, when a tab is looked at again and the leader is frozen', async () => {
    const tabs = await openAll(3);
    const leader = leaderOf(tabs);
    tabs.forEach(({ page }) => {
      page.show(false);
    });
    leader.page.freeze();
    await clock.advance(5_000);
    const others = tabs.filter((tab) => tab !== leader);
    others[0]!.page.show(true);
    await clock.advance(700);
    await goesOn(others);
  });

  it('never, as long as the leader answers', async () => {
    const tabs = await openAll(3);
    const leader = leaderOf(tabs);
    await clock.advance(600_000);
    expect(leaderOf(tabs)).toBe(leader);
    expect(leader.page.client.stats().connections).toBe(1);
  });

  it('with the seqs of every outbox where they were', async () => {
    const tabs = await openAll(3);
    gateway.isMute = true;
    tabs.forEach(({ chat }, i) => {
      chat.send(`once ${i}`);
    });
    await clock.advance(500);
    gateway.isMute = false;
    const leader = leaderOf(tabs);
    leader.page.kill();
    await clock.advance(30_000);
    expect(log()).toHaveLength(3);
    await allHave(
      tabs.filter((tab) => tab !== leader),
      ...log().map(({ effects }) => effects[0]?.create?.text ?? ''),
    );
  });
});

describe('who signs out in one tab', () => {
  it('is gone in all, while what waits stays in the outbox until the same user is back', async () => {
    const tabs = await openAll(3);
    const otto = await open('otto');
    await tabs[0]!.chat.send('private').sent;
    await otto.chat.send('of another user').sent;
    await clock.advance(2_000);
    gateway.isDown = true;
    sockets().forEach((connection) => {
      connection.close(1006);
    });
    tabs[1]!.chat.send('not sent yet').sent.catch(() => undefined);
    await clock.advance(1_000);
    await tabs[2]!.page.client.signOut();
    await settled();
    await allHave(tabs);
    tabs.forEach(({ page }) => {
      expect(page.client.state).toMatchObject({ name: 'closed', reason: 'SIGNED_OUT' });
    });
    expect(textsOf(otto)).toEqual(['of another user']);
    const offline = await open();
    await allHave([offline], 'not sent yet');
    gateway.isDown = false;
    await clock.advance(60_000);
    await allHave([offline], 'private', 'not sent yet');
    expect(log()).toHaveLength(2);
  });
});

describe('a tab of somebody else', () => {
  it('has a connection of its own', async () => {
    const vera = await open('vera');
    const otto = await open('otto');
    expect(sockets()).toHaveLength(2);
    await otto.chat.send('from Otto').sent;
    await settled();
    expect(textsOf(vera)).toEqual([]);
  });
});

describe('each tab', () => {
  it('tells the rung', async () => {
    const tabs = await openAll(2);
    tabs.forEach(({ page }) => {
      expect(page.client.stats().tabs.rung).toBe(rung);
    });
  });
});

describe('a tab that is gone', () => {
  it('is forgotten by the leader', async () => {
    const tabs = await openAll(4);
    const leader = tabs.find((tab) => roleOf(tab) === 'leader')!;
    expect(leader.page.client.stats().tabs.ports).toBe(4);
    tabs
      .filter((tab) => tab !== leader)
      .slice(1)
      .forEach(({ page }) => {
        page.kill();
      });
    await clock.advance(graceMillis);
    expect(leader.page.client.stats().tabs.ports).toBe(2);
  });
});

describe('messages between tabs', () => {
  it('are dropped and counted when nobody with the key signed them', async () => {
    const tabs = await openAll(2);
    const foreign = () => tabs.map(({ page }) => page.client.stats().tabs.bus.foreign);
    expect(foreign()).toEqual([0, 0]);
    const scope = `parley/1/wss://gateway.test/ws/demo/vera/${rung === 'lease' ? 'lease/' : ''}all`;
    const forged = { kind: 'beat', epoch: Number.MAX_SAFE_INTEGER, version: 1, from: 'evil', seq: 1, key: 'key 19675' };
    for (const [head, mac] of [
      ['not JSON', undefined],
      [JSON.stringify(forged), undefined],
      [JSON.stringify(forged), new Uint8Array(32)],
      [JSON.stringify({ ...forged, version: 2 }), new Uint8Array(32)],
    ] as const) {
      tabs[0]!.page.usedChannels.post(scope, { head, mac });
    }
    await settled();
    expect(foreign()).toEqual([4, 4]);
    await tabs[1]!.chat.send('still here').sent;
    await allHave(tabs, 'still here');
  });

  it('that cannot be read do no harm to those that follow', async () => {
    const tabs = await openAll(2);
    const scope = `parley/1/wss://gateway.test/ws/demo/vera/${rung === 'lease' ? 'lease/' : ''}`;
    const around = surroundings({ clock, subtle: fakeSubtle, fetch: () => gateway.tabKey('vera') });
    const keys = new KeyRing('wss://gateway.test/ws', 'demo/vera', around, () => Promise.resolve(''));
    await keys.load('');
    const stranger = new Bus(browser.open('vera').usedChannels, scope, 'stranger', keys);
    const hubs = new Set<string>();
    stranger.listen('all', ({ from, head }) => {
      hubs.add(`hub/${from}/${head.epoch ?? 0}`);
      stranger.post(
        `hub/${from}/${head.epoch ?? 0}`,
        { kind: 'frames', port: `${from}/1` },
        new Uint8Array([255, 255]),
      );
    });
    await clock.advance(2_000);
    expect(hubs.size).toBe(1);
    await settled();
    await tabs[1]!.chat.send('still here').sent;
    await allHave(tabs, 'still here');
  });

  it('go on when the key changes, whoever has the new one first', async () => {
    const tabs = await openAll(2);
    await clock.advance(DAY_MILLIS - (clock.nowMillis() % DAY_MILLIS) + 1);
    const later = await open();
    await clock.advance(2_000);
    await later.chat.send('after midnight').sent;
    await tabs[0]!.chat.send('still here').sent;
    await allHave([...tabs, later], 'after midnight', 'still here');
    expect(sockets()).toHaveLength(1);
    expect(later.page.client.stats().tabs.role).toBe('follower');
  });

  it('need no gateway once there is a key', async () => {
    await openAll(1);
    gateway.isDown = true;
    sockets()[0]?.close(1006);
    const late = await open();
    expect(late.page.client.stats().tabs.role).toBe('follower');
  });

  it.skipIf(rung === 'lease')('wake the one tab that they are for', async () => {
    const tabs = await openAll(20);
    browser.channels.wakes.length = 0;
    tabs[13]!.chat.loadOlder().catch(() => undefined);
    tabs[13]!.page.client.visit('/somewhere');
    await settled();
    const woken = browser.channels.wakes.filter(({ name }) => name.includes('/tab/'));
    expect(new Set(woken.map(({ owner }) => owner)).size).toBeLessThanOrEqual(1);
    browser.channels.wakes.length = 0;
    gateway.conversation('vera:chat').forbids = () => true;
    await expect(tabs[13]!.chat.send('no').sent).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const leader = tabs.find((tab) => roleOf(tab) === 'leader')!;
    const owners = new Set(browser.channels.wakes.map(({ owner }) => owner));
    expect(owners).toEqual(new Set([leader.page.channels, tabs[13]!.page.channels]));
  });
});
