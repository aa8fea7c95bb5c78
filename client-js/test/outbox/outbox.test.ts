import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import type { SubmissionRecord } from '../../src/outbox/record.ts';
import { FakeBrowser, type FakePage } from '../fixture/fake-browser.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeGateway } from '../fixture/fake-gateway.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let browser: FakeBrowser;

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  browser = new FakeBrowser(gateway, clock);
});

async function opened(subject = 'vera'): Promise<[FakePage, ConversationHandle]> {
  const page = browser.open(subject);
  const chat = page.client.conversation({ name: 'chat' });
  await settled();
  return [page, chat];
}

/** Without a gateway: the outbox has the message, but not yet what was typed into it since. */
async function asleepWhileTyping(): Promise<[FakePage, ConversationHandle]> {
  const [page, chat] = await opened();
  gateway.isDown = true;
  gateway.last.close(1006);
  const { id, saved } = chat.send('message');
  await saved;
  await settled();
  chat.setText(id, 'a message');
  page.sleep();
  return [page, chat];
}

/** Submissions that create this arrive when the function that is returned is called, and not before. */
function holdsBack(text: string): () => void {
  const held: (() => void)[] = [];
  gateway.intercept = (connection, frame) => {
    const isHeld = frame.submit?.operations.some(({ createBlock }) => createBlock?.text === text) ?? false;
    if (isHeld) {
      held.push(() => {
        gateway.frameReceived(connection, frame);
      });
    }
    return isHeld;
  };
  return () => {
    gateway.intercept = () => false;
    held.forEach((arrive) => {
      arrive();
    });
  };
}

const submissions = (): Promise<SubmissionRecord[]> => browser.records('vera', 'submissions');
const texts = (messages: readonly { text: string }[]): string[] => messages.map(({ text }) => text);
const logged = (): string[] => texts([...gateway.conversation('vera:chat').state.blocks.values()]);

describe('a saved message', () => {
  it('is in the database before it is sent, and gone when it is answered', async () => {
    const [, chat] = await opened();
    gateway.isMute = true;
    const { saved } = chat.send('Hello');
    expect(gateway.last.submits()).toEqual([]);
    await saved;
    await settled();
    expect(await submissions()).toMatchObject([{ format: 1, lane: 'name:chat', seq: 1, state: 'inflight' }]);
    expect(gateway.last.submits()).toHaveLength(1);
    gateway.isMute = false;
    gateway.last.close(1006);
    await clock.advance(20_000);
    expect(await submissions()).toEqual([]);
    expect(await browser.records('vera', 'lanes')).toMatchObject([{ format: 1, answeredSeq: 1, blockCount: 1 }]);
  });

  it('is kept with those behind it, rewritten to where they now stand', async () => {
    const [, chat] = await opened();
    const { id } = chat.send('text');
    chat.setText(id, 'text and more');
    chat.setText(id, 'text and more, later');
    await settled();
    gateway.isDown = true;
    gateway.last.cut();
    await clock.advance(60_000);
    chat.setText(id, 'no: text and more, later');
    await settled();
    const [record] = await submissions();
    expect(record).toMatchObject({ state: 'queued', base: { revision: 2 } });
    expect(record?.effects[0]?.editText?.edit?.inserts).toEqual(['no: ']);
  });

  it('that is rejected stays in the database as unsent until it is dismissed, on other pages too', async () => {
    const [page, chat] = await opened();
    gateway.conversation('vera:chat').forbids = () => true;
    await expect(chat.send('no').sent).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await settled();
    page.kill();
    const [, other] = await opened();
    expect(other.unsent()).toMatchObject([{ code: 'FORBIDDEN', text: 'no' }]);
    other.dismiss(other.unsent()[0]!.id);
    await settled();
    expect(await browser.records('vera', 'unsent')).toEqual([]);
  });
});

describe('a page that is gone', () => {
  it('leaves what it wrote offline, and the next visit sends it once', async () => {
    gateway.isDown = true;
    const [page, chat] = await opened();
    chat.send('one');
    await chat.send('two').saved;
    page.kill();
    gateway.isDown = false;
    await opened();
    await clock.advance(1_000);
    expect(logged()).toEqual(['one', 'two']);
    expect(await submissions()).toEqual([]);
  });

  it('leaves what was sent without an answer, and it is not doubled', async () => {
    const [page, chat] = await opened();
    gateway.isMute = true;
    chat.send('once');
    await settled();
    expect(logged()).toEqual(['once']);
    page.kill();
    gateway.isMute = false;
    await opened();
    await clock.advance(1_000);
    expect(logged()).toEqual(['once']);
    expect(gateway.conversation('vera:chat').log).toHaveLength(1);
    expect(await submissions()).toEqual([]);
  });

  it('leaves edits, which go past what others did meanwhile', async () => {
    const [page, chat] = await opened();
    const { id, sent } = chat.send('The end.');
    await sent;
    gateway.isDown = true;
    gateway.last.cut();
    chat.setText(id, 'The happy end.');
    await settled();
    page.kill();
    gateway.isDown = false;
    const other = browser.open('vera');
    const otherChat = other.client.conversation({ name: 'chat' });
    await settled();
    await clock.advance(1_000);
    expect(texts(otherChat.messages())).toEqual(['The happy end.']);
  });

  it('leaves several conversations', async () => {
    gateway.isDown = true;
    const [page, chat] = await opened();
    chat.send('in chat');
    await page.client.conversation({ name: 'billing' }).send('in billing').saved;
    page.kill();
    gateway.isDown = false;
    browser.open('vera');
    await clock.advance(1_000);
    expect(logged()).toEqual(['in chat']);
    expect(texts([...gateway.conversation('vera:billing').state.blocks.values()])).toEqual(['in billing']);
  });

  it('is followed by one that is still there', async () => {
    const [first, chat] = await opened();
    const [second, secondChat] = await opened();
    await clock.advance(11_000);
    first.connections[0]!.isMute = true;
    chat.send('from the first');
    await settled();
    first.kill();
    await clock.advance(1_000);
    expect(texts(secondChat.messages())).toEqual(['from the first']);
    expect(await submissions()).toEqual([]);
    expect(second.connections).toHaveLength(1);
  });

  it('is shown with what it left, while there is no connection', async () => {
    gateway.isDown = true;
    const [page, chat] = await opened();
    await chat.send('not yet').saved;
    page.kill();
    const [, other] = await opened();
    expect(other.messages()).toMatchObject([{ text: 'not yet', status: 'saved', isOwn: true }]);
    gateway.isDown = false;
    await clock.advance(41_000);
    expect(other.messages()).toMatchObject([{ text: 'not yet', status: 'sent', isOwn: true }]);
  });

  it('does not hide a rejection that comes later', async () => {
    gateway.isDown = true;
    const [page, chat] = await opened();
    await chat.send('forbidden').saved;
    page.kill();
    gateway.isDown = false;
    gateway.conversation('vera:chat').forbids = () => true;
    const [, other] = await opened();
    await clock.advance(1_000);
    expect(other.messages()).toEqual([]);
    expect(other.unsent()).toMatchObject([{ code: 'FORBIDDEN', text: 'forbidden' }]);
    expect(await submissions()).toEqual([]);
  });

  it('leaves its work to nobody else while it lives', async () => {
    gateway.isDown = true;
    const [, chat] = await opened();
    await chat.send('mine').saved;
    const [second] = await opened();
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(gateway.conversation('vera:chat').log).toHaveLength(1);
    expect(gateway.connections.filter(({ owner }) => owner === second)).toHaveLength(1);
  });

  it('leaves nothing to another user', async () => {
    gateway.isDown = true;
    const [page, chat] = await opened('vera');
    await chat.send('secret').saved;
    page.kill();
    gateway.isDown = false;
    await opened('boris');
    await clock.advance(30_000);
    expect(gateway.conversation('vera:chat').log).toEqual([]);
    expect(gateway.conversation('boris:chat').log).toEqual([]);
  });

  it('leaves an outbox that the gateway forgot: what was never sent goes under a new one', async () => {
    const [page, chat] = await opened();
    await chat.send('first').sent;
    gateway.isDown = true;
    gateway.last.close(1006);
    await settled();
    chat.send('second');
    await chat.send('third').saved;
    page.kill();
    gateway.isDown = false;
    gateway.conversation('vera:chat').outboxes.clear();
    const [, other] = await opened();
    await clock.advance(1_000);
    expect(logged()).toEqual(['first', 'second', 'third']);
    expect(texts(other.messages())).toEqual(['first', 'second', 'third']);
    const outboxes = new Set(gateway.conversation('vera:chat').log.map(({ outbox }) => outbox));
    expect(outboxes.size).toBe(2);
    expect(await submissions()).toEqual([]);
  });
});

describe('a page in the back-forward cache', () => {
  const hide = (page: FakePage) => page.page.dispatchEvent(new Event('pagehide'));
  const show = (page: FakePage) => page.page.dispatchEvent(new Event('pageshow'));

  it('lets go of its connection and its outbox, and takes both up again', async () => {
    const [page, chat] = await opened();
    await chat.send('before').sent;
    await settled();
    hide(page);
    await settled();
    expect(page.connections).toEqual([]);
    expect([...browser.locks.held.keys()]).toEqual([]);
    expect(page.client.state).toMatchObject({ name: 'waiting', reason: 'suspended' });
    await clock.advance(60_000);
    expect(page.connections).toEqual([]);
    show(page);
    await settled();
    expect(page.client.state.name).toBe('live');
    await chat.send('after').sent;
    expect(gateway.conversation('vera:chat').log.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(new Set(gateway.conversation('vera:chat').log.map(({ outbox }) => outbox)).size).toBe(1);
  });

  it('has its work sent by the next page, and sees it when it comes back', async () => {
    const [page, chat] = await opened();
    gateway.intercept = (_, { submit }) => submit !== undefined;
    const { sent } = chat.send('on the way out');
    await settled();
    hide(page);
    gateway.intercept = () => false;
    await opened();
    await clock.advance(1_000);
    expect(logged()).toEqual(['on the way out']);
    show(page);
    await settled();
    expect(chat.messages()).toMatchObject([{ text: 'on the way out', status: 'sent' }]);
    await chat.send('back').sent;
    expect(logged()).toEqual(['on the way out', 'back']);
    await sent;
  });

  it('sends its work itself when it comes back and nobody did', async () => {
    const [page, chat] = await opened();
    gateway.intercept = (_, { submit }) => submit !== undefined;
    const { sent } = chat.send('unsent');
    await settled();
    hide(page);
    gateway.intercept = () => false;
    await clock.advance(60_000);
    expect(logged()).toEqual([]);
    show(page);
    await clock.advance(1_000);
    await sent;
    expect(logged()).toEqual(['unsent']);
    expect(await submissions()).toEqual([]);
  });

  it('goes on with what is written in the moment of coming back', async () => {
    const [page, chat] = await opened();
    hide(page);
    show(page);
    const { saved, sent } = chat.send('quick');
    await saved;
    await sent;
    expect(logged()).toEqual(['quick']);
    expect(await submissions()).toEqual([]);
  });

  it("writes nothing more into an outbox that is another page's by then", async () => {
    const [page, chat] = await opened();
    await chat.send('one').sent;
    await settled();
    const two = chat.send('two');
    await new Promise((resolve) => setImmediate(resolve));
    const three = chat.send('three');
    page.sleep();
    const [adopting] = await opened();
    await clock.advance(1_000);
    expect(logged()).toEqual(['one', 'two']);
    adopting.kill();
    gateway.isDown = true;
    const [second, other] = await opened();
    await other.send('four').saved;
    page.wake();
    await settled();
    second.kill();
    gateway.isDown = false;
    await clock.advance(60_000);
    await Promise.all([two.saved, two.sent, three.saved, three.sent]);
    expect(logged().sort()).toEqual(['four', 'one', 'three', 'two']);
    expect(gateway.faults).toEqual([]);
    expect(await submissions()).toEqual([]);
  });

  it('goes on when it fell asleep while it was opened', async () => {
    const page = browser.open('vera');
    const chat = page.client.conversation({ name: 'chat' });
    const { sent } = chat.send('early');
    await new Promise((resolve) => setImmediate(resolve));
    page.sleep();
    await settled();
    page.wake();
    await clock.advance(20_000);
    await sent;
    await chat.send('later').sent;
    expect(logged()).toEqual(['early', 'later']);
  });

  it('goes on when it falls asleep again before it is awake', async () => {
    const [page, chat] = await opened();
    await chat.send('before').sent;
    page.sleep();
    page.wake();
    page.sleep();
    await settled();
    const [, other] = await opened();
    await other.send('meanwhile').sent;
    page.wake();
    await settled();
    await chat.send('after').sent;
    await other.send('last').sent;
    expect(logged()).toEqual(['before', 'meanwhile', 'after', 'last']);
    expect(gateway.faults).toEqual([]);
  });

  it.each([0, 20_000, 60_000])(
    'sends what was typed into a message right before it slept after the message, however late that is: %i ms',
    async (lateMillis) => {
      const [page, chat] = await asleepWhileTyping();
      const deliver = holdsBack('message');
      page.wake();
      await clock.advance(40_000);
      gateway.isDown = false;
      await clock.advance(20_000 + lateMillis);
      deliver();
      await clock.advance(60_000);
      expect(logged()).toEqual(['a message']);
      expect(chat.unsent()).toEqual([]);
      expect(await submissions()).toEqual([]);
    },
  );

  it.each(['sleep', 'kill'] as const)(
    'leaves it to be sent after the message by whoever adopts it: %s',
    async (leave) => {
      const [page] = await asleepWhileTyping();
      const deliver = holdsBack('message');
      gateway.isDown = false;
      const [, adopter] = await opened();
      page.wake();
      gateway.isDown = true;
      await settled();
      const [, another] = await opened();
      page[leave]();
      gateway.isDown = false;
      await clock.advance(20_000);
      deliver();
      await clock.advance(60_000);
      expect(logged()).toEqual(['a message']);
      expect([adopter, another].flatMap((chat) => chat.unsent())).toEqual([]);
      expect(await submissions()).toEqual([]);
    },
  );

  it('is asleep when it is frozen, too', async () => {
    const [page] = await opened();
    page.document.dispatchEvent(new Event('freeze'));
    expect(page.connections).toEqual([]);
    page.document.dispatchEvent(new Event('resume'));
    await settled();
    expect(page.client.state.name).toBe('live');
  });
});

describe('the outboxes of a browser', () => {
  it.each(['idb', 'memory'] as const)(
    'go on where they were when a conversation is opened again: %s',
    async (outbox) => {
      const page = browser.open('vera', 'VISITOR', { outbox });
      const chat = page.client.conversation({ name: 'chat' });
      await chat.send('one').sent;
      chat.close();
      await settled();
      await page.client.conversation({ name: 'chat' }).send('two').sent;
      expect(gateway.conversation('vera:chat').log.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(logged()).toEqual(['one', 'two']);
    },
  );

  it('are one for each page, and used again once they are drained', async () => {
    const [first, chat] = await opened();
    const [, secondChat] = await opened();
    await chat.send('a').sent;
    await secondChat.send('b').sent;
    first.kill();
    await settled();
    const [, thirdChat] = await opened();
    await thirdChat.send('c').sent;
    await thirdChat.send('d').sent;
    const keys = gateway.conversation('vera:chat').log.map(({ outbox, seq }) => [outbox, seq] as const);
    expect(keys[0]?.[0]).not.toBe(keys[1]?.[0]);
    expect(keys.slice(2)).toEqual([
      [keys[0]![0], 2],
      [keys[0]![0], 3],
    ]);
    expect(new Set([...gateway.conversation('vera:chat').state.blocks.keys()]).size).toBe(4);
  });

  it('are not shared by two pages that begin at once', async () => {
    const [first, chat] = await opened();
    await chat.send('a').sent;
    first.kill();
    await settled();
    const pages = [browser.open('vera'), browser.open('vera'), browser.open('vera')];
    const chats = pages.map(({ client }) => client.conversation({ name: 'chat' }));
    await settled();
    await Promise.all(chats.map((each, i) => each.send(`b${i}`).sent));
    const used = gateway
      .conversation('vera:chat')
      .log.slice(1)
      .map(({ outbox }) => outbox);
    expect(new Set(used).size).toBe(3);
    expect(gateway.conversation('vera:chat').log).toHaveLength(4);
  });

  it('are settled by writing before they are looked up', async () => {
    const page = browser.open('vera');
    const { sent, saved } = page.client.conversation({ name: 'chat' }).send('at once');
    await saved;
    await sent;
    expect(logged()).toEqual(['at once']);
  });
});

describe('a database that is cleared under a page', () => {
  it('gets all that the page has yet to send, with the next it writes', async () => {
    const [page, chat] = await opened();
    gateway.isDown = true;
    gateway.last.close(1006);
    await chat.send('one').saved;
    browser.indexedDB.deleteDatabase('parley/wss://gateway.test/ws/demo/vera');
    await settled();
    await chat.send('two').saved;
    page.kill();
    gateway.isDown = false;
    await opened();
    await clock.advance(20_000);
    expect(logged()).toEqual(['one', 'two']);
  });
});

describe('a browser that keeps nothing', () => {
  it('sends from memory, and says that nothing is saved', async () => {
    const broken = {
      open: () => {
        throw new DOMException('no', 'SecurityError');
      },
    } as unknown as IDBFactory;
    const page = browser.open('vera', 'VISITOR', { indexedDB: broken });
    const chat = page.client.conversation({ name: 'chat' });
    const codes: string[] = [];
    chat.on('error', ({ code }) => codes.push(code));
    await settled();
    const { saved, sent } = chat.send('anyway');
    await expect(saved).rejects.toThrow();
    await sent;
    expect(logged()).toEqual(['anyway']);
    expect(codes).toContain('NOT_SAVED');
  });

  it('has no locks either, and then needs no database', async () => {
    const page = browser.open('vera', 'VISITOR', { outbox: 'memory' });
    const chat = page.client.conversation({ name: 'chat' });
    await chat.send('anyway').sent;
    expect(logged()).toEqual(['anyway']);
    expect(await browser.indexedDB.databases()).toEqual([]);
  });
});

describe('a browser that many use', () => {
  it('keeps what the ten latest had, and all who have something unsent', async () => {
    gateway.isDown = true;
    const [first] = await opened('user-0');
    first.client
      .conversation({ name: 'chat' })
      .send('unsent')
      .sent.catch(() => undefined);
    await clock.advance(100);
    first.kill();
    gateway.isDown = false;
    for (let i = 1; i < 14; i++) {
      const [page] = await opened(`user-${i}`);
      await clock.advance(100);
      page.kill();
    }
    const names = (await browser.indexedDB.databases()).map(({ name = '' }) => name);
    const kept = names.flatMap((name) => /demo\/user-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
    expect(kept.sort((a, b) => a - b)).toEqual([0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(names.filter((name) => /user-[123]\//.test(name))).toEqual([]);
  });
});
