import { beforeEach, describe, expect, it } from 'vitest';
import { DeskConversation } from '../src/desk/index.ts';
import { type Client, type ClientOptions, createClient } from '../src/client.ts';
import type { ParleyError } from '../src/errors.ts';
import type { ConversationHandle } from '../src/conversation-handle.ts';
import { textEdit } from '../src/ot/text-edit.ts';
import type { ClientFrame, Open, Role, Submit } from '../src/wire/wire.ts';
import { FakeClock, settled } from './fixture/fake-clock.ts';
import { type FakeConnection, FakeGateway, tokenOf } from './fixture/fake-gateway.ts';
import { PseudoRandom } from './fixture/pseudo-random.ts';
import { SEED } from './fixture/seed.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let random: PseudoRandom;

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  random = new PseudoRandom(SEED);
});

function clientOf(subject: string, role: Role = 'VISITOR', options: Partial<ClientOptions> = {}): Client {
  return createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf(subject, role)),
    outbox: 'memory',
    clock,
    random,
    WebSocket: gateway.WebSocket,
    ...options,
  });
}

async function connected(subject: string, role: Role = 'VISITOR'): Promise<Client> {
  const client = clientOf(subject, role);
  client.connect();
  await settled();
  return client;
}

const texts = (messages: readonly { text: string }[]): string[] => messages.map(({ text }) => text);

describe('a client', () => {
  it('goes from idle over connecting and syncing to live', async () => {
    const client = clientOf('vera');
    const states: string[] = [];
    client.on('state', ({ name }) => states.push(name));
    client.conversation({ name: 'chat' });
    expect(client.state.name).toBe('idle');
    client.connect();
    await settled();
    expect(states).toEqual(['connecting', 'syncing', 'live']);
  });

  it('says hello and opens in one message', async () => {
    const client = clientOf('vera');
    client.conversation({ name: 'chat' });
    client.conversation({ name: 'billing' });
    client.connect();
    await settled();
    expect(gateway.messageBytes).toHaveLength(1);
    expect(gateway.last.kinds).toEqual(['hello', 'open', 'open']);
  });

  it('gives the same conversation for the same name', () => {
    const client = clientOf('vera');
    expect(client.conversation({ name: '' })).toBe(client.conversation({ name: 'chat' }));
  });

  it('opens a conversation that is asked for later', async () => {
    const client = await connected('vera');
    const chat = client.conversation({ name: 'chat' });
    await settled();
    expect(chat.isOpen).toBe(true);
    expect(chat.id).toBe('vera:chat');
  });

  it('tells of the principal from the token, before it is connected', async () => {
    gateway.isDown = true;
    const client = await connected('vera');
    expect(client.author).toEqual({ subject: 'vera', role: 'VISITOR', name: 'vera' });
  });

  it('does not go on as somebody else', async () => {
    let subject = 'vera';
    const client = clientOf('vera', 'VISITOR', { token: () => Promise.resolve(tokenOf(subject, 'VISITOR')) });
    client.connect();
    await settled();
    subject = 'boris';
    gateway.last.close(1006);
    await clock.advance(20_000);
    expect(client.state).toMatchObject({ name: 'closed', reason: 'OTHER_PRINCIPAL' });
  });

  it('shows a conversation of the visitor that it did not open', async () => {
    const client = await connected('vera');
    const names: string[] = [];
    client.on('conversation', ({ id }) => names.push(id));
    const other = gateway.conversation('vera:billing');
    gateway.last.send({
      opened: {
        ...other.open(77, { conversation: '', name: 'billing', pending: false, outboxes: [], kind: '' }, 'PUBLIC'),
      },
    });
    await settled();
    expect(names).toEqual(['vera:billing']);
    expect(client.conversation({ name: 'billing' }).isOpen).toBe(true);
  });

  it('counts what is going on', async () => {
    const client = await connected('vera');
    client.conversation({ name: 'chat' }).send('hello');
    expect(client.stats()).toMatchObject({ state: 'live', connections: 1, conversations: 1, pending: 1, unsent: 0 });
    await clock.advance(60_000);
    expect(client.stats()).toMatchObject({ pending: 0, roundTripMillis: 0 });
  });
});

describe('a message', () => {
  it('goes from saving over saved and sent to delivered and read', async () => {
    const [vera, anna] = [await connected('vera'), await connected('anna', 'AGENT')];
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    const { sent, saved } = chat.send('Hello');
    expect(chat.messages()[0]).toMatchObject({ text: 'Hello', status: 'saving', isOwn: true, revision: 0 });
    await saved;
    expect(chat.messages()[0]?.status).toBe('saved');
    await sent;
    expect(chat.messages()[0]).toMatchObject({ status: 'sent', revision: 1 });
    const handle = [...gateway.connections[0]!.handles.keys()][0]!;
    gateway.connections[0]!.send({ delivered: { handle, visitorToStaff: 1, staffToVisitor: 0 } });
    await settled();
    expect(chat.messages()[0]?.status).toBe('delivered');
    const desk = anna.conversation({ id: 'vera:chat' });
    await settled();
    expect(desk.messages()[0]).toMatchObject({ isOwn: false, status: undefined });
    await desk.advance('read')?.sent;
    await settled();
    expect(chat.messages()[0]?.status).toBe('read');
  });

  it('is written without a connection and goes out when there is one', async () => {
    gateway.isDown = true;
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    const first = chat.send('one');
    chat.send('two');
    await clock.advance(30_000);
    expect(texts(chat.messages())).toEqual(['one', 'two']);
    gateway.isDown = false;
    await clock.advance(20_000);
    await first.sent;
    expect(gateway.conversation('vera:chat').log.map(({ composedAtMillis }) => composedAtMillis > 0)).toEqual([
      true,
      true,
    ]);
    expect(texts(chat.messages())).toEqual(['one', 'two']);
  });

  it('does not say when it was written if that was just now', async () => {
    const vera = await connected('vera');
    await vera.conversation({ name: 'chat' }).send('one').sent;
    expect(gateway.conversation('vera:chat').log[0]?.composedAtMillis).toBe(0);
  });

  it('can be written before the client is connected at all', async () => {
    const vera = clientOf('vera');
    const { id, sent } = vera.conversation({ name: 'chat' }).send('first');
    vera.connect();
    await settled();
    await sent;
    expect(gateway.conversation('vera:chat').state.blocks.get(id)?.text).toBe('first');
  });

  it('arrives once, though its answer is lost', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    gateway.isMute = true;
    const { sent } = chat.send('once');
    await settled();
    expect(gateway.conversation('vera:chat').log).toHaveLength(1);
    gateway.isMute = false;
    gateway.last.close(1006);
    await clock.advance(20_000);
    await sent;
    expect(gateway.contentIds('vera:chat')).toHaveLength(1);
    expect(texts(chat.messages())).toEqual(['once']);
  });

  it('that is rejected is unsent until it is dismissed', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    gateway.conversation('vera:chat').forbids = () => true;
    const told: string[] = [];
    chat.on('unsent', ({ code }) => told.push(code));
    await expect(chat.send('no').sent).rejects.toMatchObject({ code: 'FORBIDDEN', retryable: false });
    expect(chat.messages()).toEqual([]);
    expect(told).toEqual(['FORBIDDEN']);
    expect(chat.unsent()).toMatchObject([{ code: 'FORBIDDEN', text: 'no' }]);
    chat.dismiss(chat.unsent()[0]!.id);
    expect(chat.unsent()).toEqual([]);
  });

  it('that may have arrived is unsent until it is seen to have', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    await chat.send('first').sent;
    const room = gateway.conversation('vera:chat');
    const held: Submit[] = [];
    gateway.intercept = (_, { submit }) => submit !== undefined && held.push(submit) > 0;
    chat.send('second').sent.catch(() => undefined);
    await settled();
    gateway.intercept = () => false;
    const known = [...room.outboxes];
    room.outboxes.clear();
    gateway.last.close(1006);
    await clock.advance(20_000);
    expect(chat.unsent()).toMatchObject([{ code: 'MAYBE_SENT', text: 'second' }]);
    known.forEach(([outbox, row]) => room.outboxes.set(outbox, row));
    gateway.frameReceived(gateway.last, { submit: { ...held[0]!, handle: [...gateway.last.handles.keys()][0]! } });
    await settled();
    expect(texts(chat.messages())).toEqual(['first', 'second']);
    expect(chat.unsent()).toEqual([]);
  });

  it.each(['OVERLOADED', 'RATE_LIMITED'] as const)(
    'that was refused as %s goes again after the delay that the gateway names',
    async (code) => {
      const vera = await connected('vera');
      const chat = vera.conversation({ name: 'chat' });
      gateway.conversation('vera:chat').refusals.push({ code, delayMillis: 3_000 });
      chat.send('patience');
      await clock.advance(2_900);
      expect(gateway.conversation('vera:chat').log).toEqual([]);
      await clock.advance(200);
      expect(gateway.conversation('vera:chat').log).toHaveLength(1);
      expect(gateway.last.submits().map(({ seq }) => seq)).toEqual([1, 1]);
    },
  );

  it('that was refused and taken all the same is not counted twice, and what is typed into the next one is not lost', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    await chat.send('text').sent;
    const { id } = chat.messages()[0]!;
    gateway.conversation('vera:chat').refusals.push({ code: 'STORE_AWAY', delayMillis: 3_000 });
    const doubtful = chat.send('doubtful');
    await settled();
    const refused = gateway.last.submits().at(-1)!;
    chat.setText(id, 'text a');
    const held: Submit[] = [];
    gateway.intercept = (_, { submit }) => submit !== undefined && submit.seq > refused.seq && held.push(submit) > 0;
    gateway.frameReceived(gateway.last, { submit: refused });
    await settled();
    await doubtful.sent;
    chat.setText(id, 'text ab');
    await clock.advance(4_000);
    gateway.intercept = () => false;
    gateway.frameReceived(gateway.last, { submit: held[0]! });
    await clock.advance(1_000);
    expect(held).toHaveLength(1);
    expect(texts(chat.messages())).toEqual(['text ab', 'doubtful']);
    expect(chat.unsent()).toEqual([]);
    expect(gateway.conversation('vera:chat').log).toHaveLength(4);
  });

  it('keeps the names of its blocks although the conversation was written into under another name', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    await chat.send('by name').sent;
    const { id: conversation } = chat;
    chat.close();
    const same = vera.conversation({ id: conversation });
    await settled();
    const { id, sent } = same.send('by id');
    await sent;
    expect(same.block(id)).toMatchObject({ text: 'by id' });
    expect(texts(same.messages())).toEqual(['by name', 'by id']);
    expect(gateway.faults).toEqual([]);
  });

  it('is not sent if no gateway would take its frame, and does not hold up the next', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    gateway.limits = { ...gateway.limits, frameBytesMax: 300 };
    gateway.last.close(1006);
    await clock.advance(20_000);
    const { sent } = chat.send('x'.repeat(500));
    chat.send('short');
    await expect(sent).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await settled();
    expect(texts(chat.messages())).toEqual(['short']);
    expect(chat.unsent()).toMatchObject([{ code: 'TOO_LARGE' }]);
    expect(gateway.conversation('vera:chat').log).toHaveLength(1);
  });

  it('longer than the gateway allows, or half a character, is refused at once', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    const codeOf = (run: () => unknown): string => {
      try {
        run();
        return 'none';
      } catch (error) {
        return (error as ParleyError).code;
      }
    };
    expect(codeOf(() => chat.send('x'.repeat(1_001)))).toBe('TOO_LARGE');
    expect(codeOf(() => chat.send('\ud83d'))).toBe('ILL_FORMED_TEXT');
    expect(codeOf(() => chat.edit('nothing', textEdit('x')))).toBe('UNKNOWN_BLOCK');
    const { id } = chat.send('ok');
    expect(codeOf(() => chat.edit(id, textEdit(3, 'x')))).toBe('OUT_OF_RANGE');
    expect(codeOf(() => chat.edit(id, { spans: [1], inserts: [] }))).toBe('NOT_CANONICAL');
    expect(texts(chat.messages())).toEqual(['ok']);
  });
});

describe('a draft', () => {
  it('is edited by several, published, and only then seen by the visitor', async () => {
    const [vera, anna, berta] = [
      await connected('vera'),
      await connected('anna', 'AGENT'),
      await connected('berta', 'AGENT'),
    ];
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    const [desk, other] = [anna.conversation({ id: 'vera:chat' }), berta.conversation({ id: 'vera:chat' })];
    await settled();
    const { id, sent } = desk.send('Hello', { kind: 'DRAFT' });
    await sent;
    await settled();
    desk.setText(id, 'Hello Vera');
    other.setText(id, 'Well, Hello');
    await settled();
    expect(texts(desk.drafts())).toEqual(['Well, Hello Vera']);
    expect(texts(other.drafts())).toEqual(['Well, Hello Vera']);
    expect(chat.messages()).toEqual([]);
    await new DeskConversation(other).publish(id).sent;
    await settled();
    expect(texts(chat.messages())).toEqual(['Well, Hello Vera']);
    expect(desk.drafts()).toEqual([]);
  });

  it('tells its editor what somebody else typed, and where', async () => {
    const [anna, berta] = [await connected('anna', 'AGENT'), await connected('berta', 'AGENT')];
    const [desk, other] = [anna.conversation({ id: 'x' }), berta.conversation({ id: 'x' })];
    const { id, sent } = desk.send('ab', { kind: 'NOTE' });
    await sent;
    await settled();
    const changes: unknown[] = [];
    desk.on('change', (change) => changes.push(change));
    other.edit(id, textEdit(1, 'X'));
    await settled();
    expect(changes).toContainEqual({ blockId: id, kind: 'edited', edit: textEdit(1, 'X'), origin: 'remote' });
    expect(desk.notes()[0]?.text).toBe('aXb');
  });

  it('is told to draw once for many changes', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await settled();
    let updates = 0;
    const off = desk.on('update', () => updates++);
    desk.send('a');
    desk.send('b');
    expect(updates).toBe(0);
    await Promise.resolve();
    expect(updates).toBe(1);
    off();
    await settled();
    expect(updates).toBe(1);
  });
});

describe('values', () => {
  it('are set on blocks and on the conversation', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    const { id } = desk.send('hello');
    desk.setAttribute(id, 'reaction/anna', 'up');
    await desk.setAttribute('', 'state', 'open').sent;
    expect(desk.block(id)?.attributes.get('reaction/anna')).toBe('up');
    expect(desk.attributes().get('state')).toBe('open');
    await desk.setAttribute('', 'state', '').sent;
    expect(desk.attributes().has('state')).toBe(false);
  });

  it('move a read marker forward only', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await desk.send('hello').sent;
    await desk.advance('read')?.sent;
    expect(desk.attributes().get('read/anna')).toBe('1');
    expect(desk.advance('read', 1)).toBeUndefined();
  });
});

/** Anna at her desk, who has 'a', and will find out that she missed what Bert wrote after it. */
async function missing(text: string): Promise<{
  readonly desk: ConversationHandle;
  readonly other: ConversationHandle;
  readonly connection: FakeConnection;
}> {
  const anna = await connected('anna', 'AGENT');
  const bert = await connected('bert', 'AGENT');
  const [desk, other] = [anna.conversation({ id: 'x' }), bert.conversation({ id: 'x' })];
  await desk.send('a').sent;
  const connection = gateway.connections[0]!;
  connection.isMute = true;
  await other.send(text).sent;
  connection.isMute = false;
  return { desk, other, connection };
}

function acknowledged(connection: number): number[] {
  return gateway.connections[connection]!.received.flatMap(({ acknowledge }) => acknowledge?.revision ?? []);
}

describe('following a conversation', () => {
  it('acknowledges what the other side wrote, not at every entry', async () => {
    const [vera, anna] = [await connected('vera', 'VISITOR'), await connected('anna', 'AGENT')];
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    anna.conversation({ id: chat.id });
    await settled();
    await clock.advance(60);
    const before = acknowledged(1).length;
    for (const text of ['a', 'b', 'c']) {
      await chat.send(text).sent;
    }
    await clock.advance(60);
    expect(acknowledged(1).slice(before)).toEqual([3]);
  });

  it('acknowledges later what its own side wrote', async () => {
    const [anna, berta] = [await connected('anna', 'AGENT'), await connected('berta', 'AGENT')];
    const desk = anna.conversation({ id: 'x' });
    berta.conversation({ id: 'x' });
    await settled();
    await clock.advance(60);
    const before = acknowledged(1).length;
    for (const text of ['a', 'b', 'c']) {
      await desk.send(text).sent;
    }
    await clock.advance(60);
    expect(acknowledged(1).slice(before)).toEqual([]);
    await clock.advance(5_000);
    expect(acknowledged(1).slice(before)).toEqual([3]);
  });

  it('opens again after a gap', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await desk.send('a').sent;
    const handle = [...gateway.last.handles.keys()][0]!;
    gateway.last.send({ entries: { handle, from: 5, to: { revision: 6, head: new Uint8Array(8) }, entries: [] } });
    await settled();
    expect(gateway.last.kinds.filter((kind) => kind === 'open')).toHaveLength(2);
    expect(texts(desk.messages())).toEqual(['a']);
  });

  it('asks once, however much comes behind the gap', async () => {
    const { desk, other, connection } = await missing('b');
    const held: ClientFrame[] = [];
    gateway.intercept = (_, frame) => frame.open !== undefined && held.push(frame) > 0;
    await other.send('c').sent;
    await other.send('d').sent;
    expect(held).toHaveLength(1);
    gateway.intercept = () => false;
    gateway.frameReceived(connection, held[0]!);
    await other.send('e').sent;
    await settled();
    expect(texts(desk.messages())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(connection.kinds.filter((kind) => kind === 'open')).toHaveLength(2);
  });

  it('does not go back to where it was when an answer comes late', async () => {
    const anna = await connected('anna', 'AGENT');
    const bert = await connected('bert', 'AGENT');
    const [desk, other] = [anna.conversation({ id: 'x' }), bert.conversation({ id: 'x' })];
    const one = other.send('1');
    const two = other.send('2');
    await two.sent;
    gateway.connections[0]!.close(1006);
    for (const text of ['1a', '1b', '1c']) {
      await other.setText(one.id, text)?.sent;
    }
    await clock.advance(20_000);
    const again = gateway.last;
    const answer = gateway.conversation('x').open(again.handles.keys().next().value!, openAt(2), 'STAFF');
    expect(answer.blocks?.since).toBe(2);
    await other.setText(two.id, '2a')?.sent;
    again.send({ opened: answer });
    await settled();
    await other.setText(two.id, '2ab')?.sent;
    expect(texts(desk.messages())).toEqual(['1c', '2ab']);
    expect(anna.stats().divergences).toBe(0);

    function openAt(revision: number): Open {
      const head = gateway.conversation('x').heads[revision]!;
      return { conversation: 'x', name: '', kind: '', pending: false, outboxes: [], position: { revision, head } };
    }
  });

  it('takes what overtook the answer', async () => {
    const { desk, other, connection } = await missing('b');
    const late: Uint8Array[] = [];
    gateway.intercept = (_, { open }) => {
      if (open) {
        connection.sendBytes = (bytes) => late.push(bytes);
      }
      return false;
    };
    await other.send('c').sent;
    Reflect.deleteProperty(connection, 'sendBytes');
    await other.send('d').sent;
    expect(late).toHaveLength(1);
    connection.sendBytes(late[0]!);
    await settled();
    expect(texts(desk.messages())).toEqual(['a', 'b', 'c', 'd']);
    expect(connection.kinds.filter((kind) => kind === 'open')).toHaveLength(2);
  });

  it('rebases what is typed while it is being opened again', async () => {
    const anna = await connected('anna', 'AGENT');
    const bert = await connected('bert', 'AGENT');
    const [desk, other] = [anna.conversation({ id: 'x' }), bert.conversation({ id: 'x' })];
    const { id, sent } = desk.send('Hello');
    await sent;
    gateway.connections[0]!.close(1006);
    for (const text of ['Hello!', 'Hello!!', 'Hello!!!']) {
      await other.setText(id, text)?.sent;
    }
    gateway.intercept = (connection, { open }) => {
      if (open && connection.author.subject === 'anna') {
        gateway.intercept = () => false;
        desk.setText(id, 'Hello Vera');
      }
      return false;
    };
    await clock.advance(20_000);
    expect(texts(desk.messages())).toEqual(['Hello Vera!!!']);
    expect(desk.unsent()).toEqual([]);
  });

  it('loads anew what does not fit, and says so', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await desk.send('a').sent;
    const codes: string[] = [];
    desk.on('error', ({ code }) => codes.push(code));
    const handle = [...gateway.last.handles.keys()][0]!;
    const broken = { ...gateway.conversation('x').log[0]!, revision: 2, effects: [{ editText: { block: 'none' } }] };
    gateway.last.send({
      entries: { handle, from: 1, to: { revision: 2, head: new Uint8Array(8) }, entries: [broken] },
    });
    await settled();
    expect(codes).toEqual(['DIVERGED']);
    expect(texts(desk.messages())).toEqual(['a']);
    await desk.send('b').sent;
    expect(gateway.conversation('x').log).toHaveLength(2);
  });

  it('ends when it is closed, after what is pending was sent', async () => {
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await settled();
    const { sent } = desk.send('last words');
    desk.close();
    await sent;
    await settled();
    expect(gateway.last.kinds.at(-1)).toBe('leave');
    expect(anna.stats().conversations).toBe(0);
  });

  it('is told when a conversation may not be seen', async () => {
    gateway.intercept = (connection, { open }) => {
      if (open) {
        connection.send({ openFailed: { conversation: open.conversation, name: open.name, code: 'OPEN_FORBIDDEN' } });
      }
      return open !== undefined;
    };
    const anna = await connected('anna', 'AGENT');
    const codes: string[] = [];
    anna
      .conversation({ id: 'secret' })
      .on('error', ({ code, retryable }) => codes.push(`${code} ${String(retryable)}`));
    await settled();
    expect(codes).toEqual(['OPEN_FORBIDDEN false']);
    expect(anna.state.name).toBe('live');
  });

  it('tries again when a conversation cannot be opened now', async () => {
    let failures = 1;
    gateway.intercept = (connection, { open }) => {
      if (open && failures-- > 0) {
        connection.send({
          openFailed: { conversation: open.conversation, code: 'OPEN_UNAVAILABLE', delayMillis: 500 },
        });
        return true;
      }
      return false;
    };
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    await clock.advance(600);
    expect(desk.isOpen).toBe(true);
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
    const anna = await connected('anna', 'AGENT');
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
    const anna = await connected('anna', 'AGENT');
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
    const anna = await connected('anna', 'AGENT');
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

describe('closing', () => {
  it('ends the connection and what waits for it', async () => {
    gateway.isDown = true;
    const vera = await connected('vera');
    const { sent } = vera.conversation({ name: 'chat' }).send('never');
    vera.close();
    await expect(sent).rejects.toMatchObject({ code: 'CLOSED' });
    gateway.isDown = false;
    await clock.advance(60_000);
    expect(gateway.connections).toEqual([]);
    expect(vera.state).toEqual({ name: 'closed', code: 1000, reason: 'CLOSED' });
  });
});

describe('a long conversation', () => {
  async function longChat(): Promise<ConversationHandle> {
    const sequencer = gateway.conversation('vera:chat');
    sequencer.snapshotBlocks = 10;
    gateway.limits = { ...gateway.limits, snapshotBlocks: 10 };
    const writer = (await connected('anna', 'AGENT')).conversation({ id: 'vera:chat' });
    for (let i = 0; i < 100; i++) {
      await writer.send(String(i)).sent;
    }
    await writer.createBlock({ kind: 'TOPIC', text: 'Welcome' }).sent;
    const chat = (await connected('vera')).conversation({ name: 'chat' });
    await settled();
    return chat;
  }

  it('is shown from its end, and page by page backwards', async () => {
    const chat = await longChat();
    expect(texts(chat.messages())).toEqual(['91', '92', '93', '94', '95', '96', '97', '98', '99']);
    expect(texts(chat.blocks('TOPIC'))).toEqual(['Welcome']);
    expect(chat.hasOlder).toBe(true);
    const loads = [chat.loadOlder(), chat.loadOlder()];
    await Promise.all(loads);
    expect(chat.messages()).toHaveLength(59);
    await chat.loadOlder();
    expect(texts(chat.messages())).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(chat.hasOlder).toBe(false);
    await chat.loadOlder();
    expect(gateway.last.kinds.filter((kind) => kind === 'readBlocks')).toHaveLength(2);
  });

  it('loads a page again that was lost with the connection', async () => {
    const chat = await longChat();
    gateway.intercept = (_, { readBlocks }) => readBlocks !== undefined;
    const loaded = chat.loadOlder();
    await settled();
    gateway.intercept = () => false;
    gateway.last.close(1006);
    await clock.advance(20_000);
    await loaded;
    expect(chat.messages()).toHaveLength(59);
  });

  it('does not show the older messages that it happens to know between those it does not', async () => {
    const chat = await longChat();
    const old = gateway.conversation('vera:chat').state.blocks.values().next().value!;
    const handle = [...gateway.last.handles.keys()][0]!;
    const blocks = gateway.conversation('vera:chat').blocksSince(0, 'PUBLIC');
    const pinned = { ...old, attributes: [{ key: 'pinned', value: 'V' }] };
    gateway.last.send({
      opened: {
        handle,
        conversation: 'vera:chat',
        name: 'chat',
        view: 'PUBLIC',
        blocks: { ...blocks, blocks: [pinned, ...blocks.blocks] },
      },
    });
    await settled();
    expect(chat.messages()[0]?.text).toBe('91');
    expect(new DeskConversation(chat).pinned().map(({ text }) => text)).toEqual(['0']);
  });
});

describe('the hash of the state', () => {
  it('is the same as long as nothing goes wrong', async () => {
    gateway.conversation('vera:chat').entriesPerHash = 4;
    const [vera, anna] = [await connected('vera'), await connected('anna', 'AGENT')];
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    const desk = anna.conversation({ id: 'vera:chat' });
    await settled();
    const errors: string[] = [];
    [chat, desk].forEach((each) => each.on('error', ({ code }) => errors.push(code)));
    for (let i = 0; i < 8; i++) {
      const { id } = chat.send(String(i));
      await desk.createBlock({ kind: 'NOTE', text: 'for staff' }).sent;
      await desk.react(id, '👍').sent;
    }
    await settled();
    expect(errors).toEqual([]);
    expect([vera.stats().divergences, anna.stats().divergences]).toEqual([0, 0]);
  });

  it('tells a replica that went wrong, which says so and loads the truth', async () => {
    const sequencer = gateway.conversation('vera:chat');
    sequencer.entriesPerHash = 3;
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    const { id } = chat.send('one');
    await chat.send('two').sent;
    const errors: ParleyError[] = [];
    chat.on('error', (error) => errors.push(error));
    const known = sequencer.state.blocks.get(id)!;
    sequencer.state.blocks.set(id, { ...known, text: 'the truth' });
    const shown: string[] = [];
    chat.on('change', ({ blockId }) => shown.push(`${blockId === id}`));
    await chat.send('three').sent;
    await settled();
    expect(texts(chat.messages())).toEqual(['the truth', 'two', 'three']);
    expect(errors).toMatchObject([{ code: 'DIVERGED', retryable: true }]);
    expect(gateway.last.received.flatMap(({ diverged }) => diverged ?? [])).toMatchObject([{ revision: 2 }]);
    expect(vera.stats().divergences).toBe(1);
    expect(shown).toContain('true');
    await chat.send('four').sent;
    expect(chat.unsent()).toEqual([]);
  });

  it('loses nothing that was being typed elsewhere in the conversation', async () => {
    const sequencer = gateway.conversation('x');
    sequencer.entriesPerHash = 3;
    const anna = await connected('anna', 'AGENT');
    const desk = anna.conversation({ id: 'x' });
    const { id: draft } = desk.createBlock({ kind: 'DRAFT', text: 'Dear' });
    const { id } = desk.send('two');
    await settled();
    sequencer.state.blocks.set(id, { ...sequencer.state.blocks.get(id)!, text: 'the truth' });
    gateway.isMute = true;
    desk.send('three');
    await settled();
    desk.setText(draft, 'Dear Vera');
    gateway.isMute = false;
    gateway.publish(sequencer, sequencer.log.at(-1)!);
    await settled();
    expect(anna.stats().divergences).toBe(1);
    expect(texts(desk.messages())).toEqual(['the truth', 'three']);
    expect(sequencer.state.blocks.get(draft)?.text).toBe('Dear Vera');
    expect(desk.unsent()).toEqual([]);
  });

  it('that is wrong again and again ends the conversation instead of loading it for ever', async () => {
    const vera = await connected('vera');
    const chat = vera.conversation({ name: 'chat' });
    await settled();
    const errors: string[] = [];
    chat.on('error', ({ code, retryable }) => errors.push(`${code} ${String(retryable)}`));
    for (let i = 1; i <= 5; i++) {
      const { log, position } = gateway.conversation('vera:chat');
      chat.send(String(i));
      gateway.intercept = (connection, { submit }) => {
        if (submit) {
          const sequencer = connection.handles.get(submit.handle)!;
          sequencer.submit(connection.author, submit);
          const entries = { handle: submit.handle, from: position.revision, to: sequencer.position };
          const hashes = [{ revision: log.length, hash: new Uint8Array(8) }];
          connection.send({ entries: { ...entries, entries: log.slice(-1), hashes } });
        }
        return submit !== undefined;
      };
      await settled();
    }
    expect(errors).toEqual(['DIVERGED true', 'DIVERGED true', 'DIVERGED true', 'DIVERGED false']);
    expect(gateway.last.kinds.at(-1)).toBe('leave');
  });
});

describe('a token', () => {
  it('is replaced on the open connection before it expires', async () => {
    gateway.tokenMillis = 600_000;
    let calls = 0;
    const vera = clientOf('vera', 'VISITOR', {
      token: () => {
        calls++;
        return Promise.resolve(tokenOf('vera', 'VISITOR'));
      },
    });
    const states: string[] = [];
    vera.on('state', ({ name }) => states.push(name));
    vera.conversation({ name: 'chat' });
    vera.connect();
    await settled();
    await clock.advance(530_000);
    expect([calls, gateway.last.kinds.includes('refresh')]).toEqual([1, false]);
    await clock.advance(20_000);
    expect([calls, gateway.last.kinds.includes('refresh')]).toEqual([2, true]);
    await clock.advance(540_000);
    expect(calls).toBe(3);
    expect(states).toEqual(['connecting', 'syncing', 'live']);
    expect([gateway.connections.length, vera.stats().connections]).toEqual([1, 1]);
  });

  it('that cannot be had is asked for again until the old one has expired', async () => {
    gateway.tokenMillis = 600_000;
    let isAway = false;
    const vera = clientOf('vera', 'VISITOR', {
      token: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(tokenOf('vera', 'VISITOR'))),
    });
    const errors: string[] = [];
    vera.on('error', ({ code }) => errors.push(code));
    vera.connect();
    await settled();
    isAway = true;
    await clock.advance(545_000);
    expect(errors).toEqual(['NO_TOKEN']);
    isAway = false;
    await clock.advance(54_000);
    expect(gateway.last.kinds.filter((kind) => kind === 'refresh')).toHaveLength(1);
    expect(vera.state.name).toBe('live');
  });

  it('for somebody else ends the client, and is not shown to the gateway', async () => {
    gateway.tokenMillis = 600_000;
    let subject = 'vera';
    const vera = clientOf('vera', 'VISITOR', { token: () => Promise.resolve(tokenOf(subject, 'VISITOR')) });
    vera.connect();
    await settled();
    subject = 'mallory';
    await clock.advance(545_000);
    expect(vera.state).toMatchObject({ name: 'closed', reason: 'OTHER_PRINCIPAL' });
    expect(gateway.last.kinds).not.toContain('refresh');
  });

  it('with another role shows what that role sees, and keeps what is pending', async () => {
    gateway.tokenMillis = 600_000;
    let role: Role = 'AGENT';
    const anna = clientOf('anna', 'AGENT', { token: () => Promise.resolve(tokenOf('anna', role)) });
    const desk = anna.conversation({ id: 'x' });
    anna.connect();
    await settled();
    await desk.createBlock({ kind: 'NOTE', text: 'for staff' }).sent;
    const { id, sent } = desk.send('for all');
    await sent;
    role = 'VISITOR';
    gateway.intercept = ({ view }, { submit }) => submit !== undefined && view === 'STAFF';
    desk.setText(id, 'for all of us');
    await clock.advance(545_000);
    expect(texts(desk.notes())).toEqual([]);
    expect(desk.block(id)?.authors).toEqual([]);
    expect(anna.author.role).toBe('VISITOR');
    expect(gateway.conversation('x').state.blocks.get(id)?.text).toBe('for all of us');
    expect(desk.unsent()).toEqual([]);
  });
});
