import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client.ts';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import { DeskConversation, bindUndo } from '../../src/desk/index.ts';
import { bindText } from '../../src/editor/text-binding.ts';
import type { ParleyError } from '../../src/errors.ts';
import { textEdit } from '../../src/ot/text-edit.ts';
import type { Role } from '../../src/wire/wire.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeField } from '../fixture/fake-field.ts';
import { FakeGateway, tokenOf } from '../fixture/fake-gateway.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { SEED } from '../fixture/seed.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let random: PseudoRandom;

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  random = new PseudoRandom(SEED);
});

function optionsOf(subject: string, role: Role): ClientOptions {
  return {
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf(subject, role)),
    outbox: 'memory',
    clock,
    random,
    WebSocket: gateway.WebSocket,
  };
}

async function visitor(subject = 'vera'): Promise<Client> {
  const client = createClient(optionsOf(subject, 'VISITOR'));
  client.connect();
  await settled();
  return client;
}

async function desk(subject = 'anna'): Promise<Client> {
  const client = createClient(optionsOf(subject, 'AGENT'));
  client.connect();
  await settled();
  return client;
}

/** A visitor's chat, and what two agents have of it and can do in it. */
interface Scene {
  readonly chat: ConversationHandle;
  readonly anna: ConversationHandle;
  readonly berta: ConversationHandle;
  readonly annas: DeskConversation;
  readonly bertas: DeskConversation;
}

async function room(): Promise<Scene> {
  const chat = (await visitor()).conversation({ name: 'chat' });
  await settled();
  const anna = (await desk('anna')).conversation({ id: 'vera:chat' });
  const berta = (await desk('berta')).conversation({ id: 'vera:chat' });
  await settled();
  return { chat, anna, berta, annas: new DeskConversation(anna), bertas: new DeskConversation(berta) };
}

const texts = (blocks: readonly { text: string }[]): string[] => blocks.map(({ text }) => text);

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as ParleyError).code;
  }
};

describe('moving', () => {
  it('puts messages before, after and between others, for everyone', async () => {
    const { chat, anna, berta, annas, bertas } = await room();
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c', 'd']) {
      const { id, sent } = chat.send(text);
      ids.push(id);
      await sent;
    }
    const [a, b, c, d] = ids as [string, string, string, string];
    await settled();
    await annas.move(d, { before: a }).sent;
    expect(texts(chat.messages())).toEqual(['d', 'a', 'b', 'c']);
    await bertas.move(a, { after: b }).sent;
    await annas.move(d, { after: a }).sent;
    await settled();
    for (const each of [chat, anna, berta]) {
      expect(texts(each.messages())).toEqual(['b', 'a', 'd', 'c']);
    }
    await annas.move(c, { before: b }).sent;
    expect(texts(anna.messages())).toEqual(['c', 'b', 'a', 'd']);
  });

  it('to the end stays before what comes later', async () => {
    const { chat, anna, annas } = await room();
    const first = chat.send('first');
    await chat.send('second').sent;
    await settled();
    await annas.move(first.id, {}).sent;
    await chat.send('third').sent;
    await settled();
    expect(texts(anna.messages())).toEqual(['second', 'first', 'third']);
  });

  it('finds room between messages of one rank', async () => {
    const { chat, anna, berta, annas, bertas } = await room();
    const ids = ['a', 'b', 'c', 'd'].map((text) => chat.send(text).id) as [string, string, string, string];
    await settled();
    const [a, b, c, d] = ids;
    // Both put theirs into the same gap before they hear of each other.
    gateway.isMute = true;
    annas.move(c, { before: a });
    bertas.move(d, { before: a });
    await settled();
    gateway.isMute = false;
    gateway.connections.forEach((connection) => {
      connection.close(1006);
    });
    await clock.advance(30_000);
    expect(anna.block(c)?.rank).toBe(anna.block(d)?.rank);
    await annas.move(b, { after: anna.messages()[0]!.id }).sent;
    await settled();
    expect(texts(anna.messages())[1]).toBe('b');
    expect(texts(chat.messages())).toEqual(texts(anna.messages()));
    expect(texts(berta.messages())).toEqual(texts(anna.messages()));
  });

  it('finds room at one place as often as it is asked to', async () => {
    const { chat, anna, annas, bertas, berta } = await room();
    const ids = ['a', 'b', 'c', 'd'].map((text) => chat.send(text).id) as [string, string, string, string];
    await settled();
    for (let i = 0; i < 500; i++) {
      const [moved, desk] = i % 2 ? [ids[1], annas] : [ids[2], bertas];
      await desk.move(moved, { after: ids[0] }).sent;
      await settled();
      expect(texts(anna.messages())).toEqual(i % 2 ? ['a', 'b', 'c', 'd'] : ['a', 'c', 'b', 'd']);
    }
    expect(texts(berta.messages())).toEqual(texts(anna.messages()));
    expect(anna.messages().every(({ rank }) => rank.length <= 64)).toBe(true);
  });

  it('arranges sections of an article', async () => {
    const article = (await desk()).conversation({ article: 'shipping' });
    const articles = new DeskConversation(article);
    await settled();
    expect(gateway.last.received.find(({ open }) => open)?.open).toMatchObject({ name: 'shipping', kind: 'ARTICLE' });
    const ids = ['intro', 'prices', 'returns'].map(
      (text) => article.createBlock({ kind: 'SECTION', text, audience: 'PUBLIC' }).id,
    );
    await settled();
    await articles.move(ids[2]!, { after: ids[0]! }).sent;
    expect(texts(articles.sections())).toEqual(['intro', 'returns', 'prices']);
  });

  it('needs blocks that are there', async () => {
    const { chat, annas } = await room();
    const { id } = chat.send('a');
    await settled();
    expect(codeOf(() => annas.move('nothing', { before: id }))).toBe('UNKNOWN_BLOCK');
    expect(codeOf(() => annas.move(id, { before: 'nothing' }))).toBe('UNKNOWN_BLOCK');
  });
});

describe('pinned messages', () => {
  it('are a list that several arrange', async () => {
    const { chat, annas, bertas } = await room();
    const [a, b, c] = ['a', 'b', 'c'].map((text) => chat.send(text).id) as [string, string, string];
    await settled();
    await annas.pin(a).sent;
    await bertas.pin(b).sent;
    await annas.pin(c, { before: a }).sent;
    await settled();
    expect(texts(bertas.pinned())).toEqual(['c', 'a', 'b']);
    await bertas.pin(b, { after: c }).sent;
    await settled();
    expect(texts(annas.pinned())).toEqual(['c', 'b', 'a']);
    await annas.unpin(c).sent;
    await settled();
    expect(texts(bertas.pinned())).toEqual(['b', 'a']);
    expect(texts(chat.messages())).toEqual(['a', 'b', 'c']);
  });
});

describe('a merge', () => {
  it('puts one message behind another, for everyone, and belongs to both authors', async () => {
    const { chat, anna, annas } = await room();
    const [first, second] = [chat.send('one'), anna.send('two')];
    await settled();
    await annas.merge(second.id, first.id).sent;
    await settled();
    expect(texts(chat.messages())).toEqual(['one\ntwo']);
    expect(anna.messages().map(({ isOwn }) => isOwn)).toEqual([true]);
    expect(anna.currentBlock(second.id)?.id).toBe(first.id);
    expect(codeOf(() => anna.setText(second.id, 'three'))).toBe('BLOCK_MERGED');
  });

  it('takes along what is typed meanwhile', async () => {
    const { chat, anna, berta, annas } = await room();
    const [first, second] = [chat.send('one'), chat.send('two')];
    await settled();
    gateway.isMute = true;
    annas.merge(second.id, first.id);
    await settled();
    berta.setText(second.id, 'two and a half');
    berta.setText(first.id, 'zero, one');
    gateway.isMute = false;
    gateway.connections.forEach((connection) => {
      connection.close(1006);
    });
    await clock.advance(30_000);
    for (const each of [chat, anna, berta]) {
      expect(texts(each.messages())).toEqual(['zero, one\ntwo and a half']);
    }
  });
});

describe('a suggestion', () => {
  it('moves with what it would replace, and replaces it when it is accepted', async () => {
    const { anna, berta, annas, bertas } = await room();
    const { id: draft } = anna.createBlock({ kind: 'DRAFT', text: 'We ship on monday.' });
    await settled();
    const { id } = bertas.suggest(draft, { start: 11, end: 17 }, 'Monday');
    expect(bertas.suggestions(draft)).toMatchObject([{ target: draft, range: { start: 11, end: 17 }, state: 'open' }]);
    await settled();
    anna.setText(draft, 'Hello! We ship on monday.');
    await settled();
    expect(annas.suggestions(draft)).toMatchObject([{ range: { start: 18, end: 24 } }]);
    await annas.accept(id).sent;
    await settled();
    expect(texts(berta.drafts())).toEqual(['Hello! We ship on Monday.']);
    expect(bertas.suggestions(draft)).toMatchObject([{ state: 'accepted', range: undefined }]);
    await expect(bertas.accept(id).sent).rejects.toMatchObject({ code: 'STALE' });
  });

  it('is stale once its target is gone, and can be dismissed', async () => {
    const { anna, berta, annas, bertas } = await room();
    const { id: draft } = anna.createBlock({ kind: 'DRAFT', text: 'one two three' });
    await settled();
    const { id } = bertas.suggest(draft, { start: 4, end: 7 }, '2');
    await settled();
    anna.setText(draft, 'onethree');
    await settled();
    expect(bertas.suggestions()).toMatchObject([{ state: 'stale' }]);
    await expect(annas.accept(id).sent).rejects.toMatchObject({ code: 'STALE' });
    await annas.dismiss(id).sent;
    await settled();
    expect(bertas.suggestions()).toMatchObject([{ state: 'dismissed' }]);
    expect(berta.block(draft)?.anchors).toEqual([]);
  });

  it('is taken back whole when it is rejected', async () => {
    const { anna, annas } = await room();
    const { id: draft } = anna.createBlock({ kind: 'DRAFT', text: 'one' });
    await settled();
    gateway.conversation('vera:chat').forbids = ({ placeAnchor }) => placeAnchor !== undefined;
    const { id, sent } = annas.suggest(draft, { start: 0, end: 3 }, 'eins');
    await expect(sent).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(anna.block(id)).toBeUndefined();
    expect(anna.block(draft)?.anchors).toEqual([]);
    expect(anna.unsent()).toMatchObject([{ text: 'eins' }]);
  });

  it('is for a range inside of the text', async () => {
    const { anna, annas } = await room();
    const { id } = anna.createBlock({ kind: 'DRAFT', text: 'one' });
    expect(codeOf(() => annas.suggest(id, { start: 0, end: 4 }, 'x'))).toBe('OUT_OF_RANGE');
    expect(codeOf(() => annas.suggest(id, { start: 2, end: 1 }, 'x'))).toBe('OUT_OF_RANGE');
    expect(codeOf(() => annas.suggest('none', { start: 0, end: 0 }, 'x'))).toBe('UNKNOWN_BLOCK');
  });
});

describe('a draft of the assistant', () => {
  it('is taken over at once, and nothing of the run comes after that', async () => {
    const { anna, annas } = await room();
    const { id: draft } = anna.createBlock({ kind: 'DRAFT', text: '' });
    await settled();
    const sequencer = gateway.conversation('vera:chat');
    const ai = { subject: 'ai', role: 'ASSISTANT' as const, name: 'ai' };
    let seq = 0;
    const runs = (operation: object): unknown => {
      const entry = sequencer.submit(ai, {
        ...{ handle: 0, outbox: 'ai', seq: ++seq, contentId: random.bytes(8), base: sequencer.position },
        ...{ operations: [operation], composedAtMillis: 0 },
      });
      if ('revision' in entry) {
        gateway.publish(sequencer, entry);
      }
      return entry;
    };
    runs({ startRun: { block: draft, run: 'r' } });
    runs({ appendText: { block: draft, run: 'r', fence: 1, text: 'Sure' } });
    await settled();
    expect(annas.isRunning(draft)).toBe(true);
    expect(texts(anna.drafts())).toEqual(['Sure']);
    await annas.takeOver(draft).sent;
    expect(runs({ appendText: { block: draft, run: 'r', fence: 1, text: ', I can' } })).toMatchObject({
      rejected: { code: 'FENCED' },
    });
    expect(annas.isRunning(draft)).toBe(false);
    expect(anna.block(draft)?.authors.map(({ subject }) => subject)).toEqual(['anna', 'ai']);
  });

  it('that answers what was answered meanwhile is not published', async () => {
    const { chat, anna, berta, annas } = await room();
    await chat.send('Is it blue?').sent;
    await settled();
    const read = anna.revision;
    const { id } = anna.createBlock({ kind: 'DRAFT', text: 'Yes' });
    await berta.send('It is.').sent;
    await settled();
    await expect(annas.publish(id, read).sent).rejects.toMatchObject({ code: 'ANSWERED' });
    await annas.publish(id, anna.revision).sent;
    await settled();
    expect(texts(chat.messages())).toEqual(['Is it blue?', 'It is.', 'Yes']);
  });
});

describe('undo at the desk', () => {
  async function draftOf(text: string): Promise<Scene & { readonly draft: string; readonly field: FakeField }> {
    const scene = await room();
    const { id: draft } = scene.berta.createBlock({ kind: 'DRAFT', text });
    await settled();
    const field = new FakeField();
    bindText(field, scene.anna, draft);
    bindUndo(field, scene.annas, draft);
    return { ...scene, draft, field };
  }

  function press(field: FakeField, key: string, shiftKey = false): Event {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key, shiftKey, ctrlKey: true });
    field.dispatchEvent(event);
    return event;
  }

  it('takes a template back as one edit, in the field too, while others go on typing', async () => {
    const { anna, annas, berta, draft, field } = await draftOf('Hello /ship');
    field.select(11).type('!');
    await settled();
    annas.insert(draft, 'We ship on Monday', 6, 11);
    expect(field.value).toBe('Hello We ship on Monday!');
    await settled();
    berta.edit(draft, textEdit(8, ' always'));
    await settled();
    expect(annas.canUndo(draft)).toBe(true);
    expect(press(field, 'z').defaultPrevented).toBe(true);
    await settled();
    expect(field.value).toBe('Hello /ship always!');
    expect(berta.block(draft)?.text).toBe('Hello /ship always!');
    press(field, 'Z', true);
    await settled();
    expect(anna.block(draft)?.text).toBe('Hello We always ship on Monday!');
    press(field, 'z');
    press(field, 'z');
    await settled();
    expect(berta.block(draft)?.text).toBe('Hello /ship always');
    expect(annas.canUndo(draft)).toBe(false);
  });

  it('is one for all who ask for it in a page, and begins a new step after a pause', async () => {
    const { anna, annas, draft, field } = await draftOf('');
    field.type('a').type('b');
    await clock.advance(1_500);
    field.type('c');
    expect(new DeskConversation(anna).undo(draft)).toBeDefined();
    expect(field.value).toBe('ab');
    annas.undo(draft);
    expect(field.value).toBe('');
    field.dispatchEvent(Object.assign(new Event('beforeinput', { cancelable: true }), { inputType: 'historyRedo' }));
    expect(field.value).toBe('ab');
  });

  it('tells that a step is sent, and stays possible when it cannot be done now', async () => {
    const { annas, anna, draft } = await draftOf('x'.repeat(990));
    anna.setText(draft, '');
    anna.setText(draft, 'y'.repeat(500));
    await settled();
    await annas.undo(draft)?.sent;
    expect(anna.block(draft)?.text).toBe('');
    gateway.limits = { ...gateway.limits, textLengthMax: 900 };
    gateway.connections.forEach((connection) => {
      connection.close(1006);
    });
    await clock.advance(30_000);
    expect(codeOf(() => annas.undo(draft))).toBe('TOO_LARGE');
    expect(annas.canUndo(draft)).toBe(true);
    expect(anna.block(draft)?.text).toBe('');
  });

  it('goes on in the block that took the text in only with what was typed there', async () => {
    const { anna, annas, draft, field } = await draftOf('world');
    const { id: into } = anna.createBlock({ kind: 'DRAFT', text: 'Hello' });
    await settled();
    field.select(5).type('!');
    await annas.merge(draft, into).sent;
    await settled();
    field.type('!');
    expect(field.value).toBe('Hello\nworld!!');
    press(field, 'z');
    press(field, 'z');
    expect(field.value).toBe('Hello\nworld!');
  });
});

describe('a message', () => {
  it('is recalled and restored with its text', async () => {
    const { chat, anna } = await room();
    const { id } = chat.send('oops');
    chat.recall(id);
    await settled();
    expect(anna.messages()).toMatchObject([{ text: 'oops', attributes: new Map([['recalled', '1']]) }]);
    chat.recall(id, false);
    await settled();
    expect(anna.messages()).toMatchObject([{ text: 'oops', attributes: new Map() }]);
  });

  it('that was redacted is shown without its text', async () => {
    const { chat, annas } = await room();
    const { id } = chat.send('my card is 1234');
    await settled();
    await annas.redact(id).sent;
    await settled();
    expect(chat.messages()).toMatchObject([{ id, erased: true, text: '' }]);
    expect(codeOf(() => chat.setText(id, 'again'))).toBe('BLOCK_ERASED');
  });

  it('that was redacted takes with it what was merged into it', async () => {
    const { chat, annas } = await room();
    const first = chat.send('my card');
    const second = chat.send('is 1234');
    await chat.setAttribute(second.id, 'reaction/vera', 'sad').sent;
    await settled();
    await annas.merge(second.id, first.id).sent;
    await annas.redact(first.id).sent;
    await settled();
    expect(chat.messages()).toMatchObject([{ id: first.id, erased: true, text: '' }]);
    expect(chat.block(second.id)).toMatchObject({ erased: true, attributes: new Map() });
  });

  it('is reacted to by each as often as there are emojis', async () => {
    const { chat, anna, berta } = await room();
    const { id } = chat.send('hello');
    await settled();
    anna.react(id, '👍');
    berta.react(id, '👍');
    await settled();
    anna.react(id, '👍', false);
    await settled();
    expect([...chat.block(id)!.attributes.keys()]).toEqual(['reaction/👍/berta']);
  });

  it('of the other side counts as unread until the own marker passes it', async () => {
    const { chat, anna } = await room();
    await chat.send('one').sent;
    await chat.send('two').sent;
    await anna.send('three').sent;
    await settled();
    expect([chat.unread(), anna.unread()]).toEqual([1, 2]);
    await anna.advance('read', 1)?.sent;
    expect(anna.unread()).toBe(1);
    chat.recall(chat.messages()[1]!.id);
    await settled();
    expect(anna.unread()).toBe(0);
    await chat.advance('read')?.sent;
    expect(chat.unread()).toBe(0);
  });
});

describe('a conversation', () => {
  it('is assigned, titled, tagged, closed, and open again when its visitor writes', async () => {
    const { chat, anna, berta, annas, bertas } = await room();
    annas.assign('anna');
    annas.setTitle('Blue shoes');
    annas.tag('', 'urgent');
    await annas.closeConversation().sent;
    await settled();
    expect(Object.fromEntries(berta.attributes())).toMatchObject({
      ...{ assignee: 'anna', title: 'Blue shoes', 'tag/urgent': '1', state: 'closed' },
    });
    expect(Object.fromEntries(chat.attributes())).toEqual({ title: 'Blue shoes', state: 'closed' });
    await chat.send('one more thing').sent;
    expect(chat.attributes().get('state')).toBe('open');
    await bertas.closeConversation().sent;
    await bertas.reopenConversation().sent;
    await bertas.tag('', 'urgent', false).sent;
    await settled();
    expect(anna.attributes().get('state')).toBe('open');
    expect(anna.attributes().has('tag/urgent')).toBe(false);
  });

  it('becomes a known visitor’s', async () => {
    const { anna, annas } = await room();
    await annas.link('customer-7', 'Vera').sent;
    expect(anna.attributes().get('visitor')).toBe('customer-7');
  });

  it('has a topic that everybody sees and several edit', async () => {
    const { chat, anna, berta } = await room();
    const { id } = anna.createBlock({ kind: 'TOPIC', text: 'Welcome' });
    await settled();
    anna.setText(id, 'Welcome!');
    berta.setText(id, 'Warm Welcome');
    await settled();
    expect(texts(chat.blocks('TOPIC'))).toEqual(['Warm Welcome!']);
  });
});

describe('the inbox', () => {
  const row = (conversation: string, lastTimeMillis: number) => ({
    conversation,
    visitor: conversation,
    visitorName: '',
    state: 'open',
    assignee: '',
    kind: 'CHAT',
    title: '',
    tags: [],
    lastText: `text of ${conversation}`,
    lastRole: 'VISITOR' as const,
    lastTimeMillis,
    revision: 1,
  });

  it('shows the latest first, follows changes, and loads more on demand', async () => {
    gateway.inboxRows.push(...Array.from({ length: 70 }, (_, i) => row(`c${i}`, 1_000 - i)));
    const anna = await desk();
    const inbox = anna.inbox();
    await settled();
    expect(
      inbox
        .rows()
        .map(({ conversation }) => conversation)
        .slice(0, 2),
    ).toEqual(['c0', 'c1']);
    expect(inbox.rows()).toHaveLength(50);
    expect(inbox.hasMore).toBe(true);
    inbox.more();
    await settled();
    expect(inbox.rows()).toHaveLength(70);
    expect(inbox.hasMore).toBe(false);
    gateway.last.send({ inbox: { rows: [row('c69', 5_000)] } });
    await settled();
    expect(inbox.rows()[0]?.conversation).toBe('c69');
  });

  it('keeps a change that came before an older page', async () => {
    gateway.inboxRows.push(row('old', 1), row('changed', 2));
    gateway.intercept = (connection, { watchInbox }) => {
      if (watchInbox) {
        connection.send({ inbox: { rows: [{ ...row('changed', 9), revision: 2 }, row('new', 8)] } });
      }
      return false;
    };
    const anna = await desk();
    const inbox = anna.inbox();
    await settled();
    expect(inbox.rows().map(({ conversation, revision }) => [conversation, revision])).toEqual([
      ['changed', 2],
      ['new', 1],
      ['old', 1],
    ]);
  });

  it('is the same after a reconnect, as long as it was', async () => {
    gateway.inboxRows.push(...Array.from({ length: 70 }, (_, i) => row(`c${i}`, 1_000 - i)));
    const anna = await desk();
    const inbox = anna.inbox();
    await settled();
    inbox.more();
    await settled();
    gateway.inboxRows.pop();
    gateway.last.close(1006);
    await clock.advance(20_000);
    expect(inbox.rows()).toHaveLength(69);
  });
});
