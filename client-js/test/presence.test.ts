import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../src/client.ts';
import type { ConversationHandle } from '../src/conversation-handle.ts';
import { DeskConversation, Site } from '../src/desk/index.ts';
import { textEdit } from '../src/ot/text-edit.ts';
import type { Role, Signal } from '../src/wire/wire.ts';
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

async function connected(subject: string, role: Role = 'AGENT', token = tokenOf(subject, role)): Promise<Client> {
  let calls = 0;
  const client = createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(calls++ === 0 ? tokenOf(subject, role) : token),
    outbox: 'memory',
    clock,
    random,
    WebSocket: gateway.WebSocket,
  });
  client.connect();
  await settled();
  return client;
}

async function opened(client: Client, id = 'c'): Promise<ConversationHandle> {
  const conversation =
    client.author.role === 'VISITOR' ? client.conversation({ name: id }) : client.conversation({ id });
  new DeskConversation(conversation);
  await settled();
  return conversation;
}

function signals({ received }: FakeConnection): Signal[] {
  return received.flatMap(({ signal }) => signal ?? []);
}

/** A draft of one agent, in the desks of two. */
async function draft(text: string): Promise<{ id: string; ann: ConversationHandle; ben: ConversationHandle }> {
  const ann = await opened(await connected('ann'));
  const ben = await opened(await connected('ben'));
  const { id, sent } = ann.createBlock({ kind: 'DRAFT', text });
  await sent;
  await settled();
  ann.signal();
  ben.signal();
  await clock.advance(200);
  return { id, ann, ben };
}

function cursorOf(conversation: ConversationHandle): unknown {
  return conversation.peers()[0]?.cursor;
}

describe('who looks at a conversation', () => {
  it('sees the others and not itself', async () => {
    const { ann, ben } = await draft('');
    expect(ann.peers()).toMatchObject([{ author: { subject: 'ben' }, typing: undefined, cursor: undefined }]);
    ben.signal({ typing: true });
    await settled();
    expect(ann.peers()[0]?.typing).toBe('STAFF');
    ben.away();
    await settled();
    expect(ann.peers()).toEqual([]);
  });

  it('hears when something is different', async () => {
    const { ann, ben } = await draft('');
    let told = 0;
    ann.on('peers', () => told++);
    ben.signal({ typing: 'PUBLIC' });
    await settled();
    expect(told).toBe(1);
  });

  it('as a visitor types for everybody, and sees somebody without a name', async () => {
    const chat = await opened(await connected('vera', 'VISITOR'), 'chat');
    const desk = await opened(await connected('ann'), 'vera:chat');
    desk.signal({ typing: 'PUBLIC' });
    chat.signal({ typing: true });
    await settled();
    expect(desk.peers()).toMatchObject([{ author: { subject: 'vera' }, typing: 'PUBLIC' }]);
    expect(chat.peers()).toMatchObject([{ author: { subject: '', name: '', role: 'AGENT' }, typing: 'PUBLIC' }]);
  });

  it('says it again on another connection, and nobody is there while there is none', async () => {
    const { ann, ben } = await draft('');
    ben.signal({ typing: true });
    await settled();
    gateway.connections.forEach((connection) => {
      connection.close(1006);
    });
    await settled();
    expect(ann.peers()).toEqual([]);
    await clock.advance(20_000);
    expect(ann.peers()).toMatchObject([{ author: { subject: 'ben' }, typing: undefined }]);
  });

  it('says it again once its token has made it somebody in another role, and not otherwise', async () => {
    gateway.tokenMillis = 600_000;
    const promoted = await connected('ann', 'AGENT', tokenOf('ann', 'ADMIN'));
    const same = await connected('ben');
    for (const client of [promoted, same]) {
      (await opened(client)).signal();
      new Site(client);
    }
    await settled();
    await clock.advance(550_000);
    const said = gateway.connections.map(({ kinds }) => kinds.filter((kind) => /signal|watchSite|refresh/.test(kind)));
    expect(said).toEqual([
      ['signal', 'watchSite', 'refresh', 'signal', 'watchSite'],
      ['signal', 'watchSite', 'refresh'],
    ]);
  });

  it('says nothing after it went away', async () => {
    const { ann } = await draft('');
    ann.away();
    await settled();
    gateway.connections[0]!.close(1006);
    await clock.advance(20_000);
    expect(signals(gateway.connections[0]!).map(({ away }) => away)).toEqual([false, true]);
    expect(signals(gateway.last)).toEqual([]);
  });
});

describe('signals', () => {
  it('are ten a second at most, the last one for certain', async () => {
    const { ann, id } = await draft('0123456789');
    const before = signals(gateway.connections[0]!).length;
    for (let i = 0; i < 10; i++) {
      ann.signal({ typing: true, cursor: { block: id, start: i, end: i } });
      await clock.advance(20);
    }
    await clock.advance(200);
    const sent = signals(gateway.connections[0]!).slice(before);
    expect(sent.length).toBeLessThanOrEqual(3);
    expect(sent[sent.length - 1]?.cursor?.start).toBe(9);
  });

  it('are not repeated unless time has passed', async () => {
    const { ann } = await draft('');
    const before = signals(gateway.connections[0]!).length;
    for (let i = 0; i < 40; i++) {
      ann.signal({ typing: true });
      await clock.advance(150);
    }
    expect(signals(gateway.connections[0]!).slice(before)).toHaveLength(2);
  });
});

describe('a cursor', () => {
  it('is shown where its owner has it', async () => {
    const { ann, ben, id } = await draft('a😀c');
    ben.signal({ cursor: { block: id, start: 1, end: 3 } });
    await settled();
    expect(cursorOf(ann)).toEqual({ block: id, start: 1, end: 3 });
  });

  it('moves with what anybody writes before it, confirmed or not', async () => {
    const { ann, ben, id } = await draft('hello');
    ben.signal({ cursor: { block: id, start: 5, end: 5 } });
    await settled();
    const { sent } = ann.edit(id, textEdit('>> '));
    expect(cursorOf(ann)).toEqual({ block: id, start: 8, end: 8 });
    await sent;
    expect(cursorOf(ann)).toEqual({ block: id, start: 8, end: 8 });
  });

  it('stays left of what others write at it, and goes along with what its owner writes', async () => {
    const { ann, ben, id } = await draft('ab');
    ben.signal({ cursor: { block: id, start: 1, end: 1 } });
    await settled();
    await ann.edit(id, textEdit(1, 'XY')).sent;
    expect(cursorOf(ann)).toEqual({ block: id, start: 1, end: 1 });
    await settled();
    await ben.edit(id, textEdit(1, 'Z')).sent;
    await settled();
    expect(ann.block(id)?.text).toBe('aZXYb');
    expect(cursorOf(ann)).toEqual({ block: id, start: 2, end: 2 });
  });

  it('is sent as it is in the text that the others have', async () => {
    const { ann, ben, id } = await draft('hello');
    gateway.isMute = true;
    ben.edit(id, textEdit('>> '));
    ben.edit(id, textEdit(3, -1, 'J'));
    ben.signal({ cursor: { block: id, start: 8, end: 8 } });
    await settled();
    const sent = signals(gateway.connections[1]!);
    expect(sent[sent.length - 1]?.cursor).toMatchObject({ start: 5, end: 5, revision: 1 });
    expect(cursorOf(ann)).toBeUndefined();
  });

  it('of an older revision is moved past the entries since, one that is ahead waits for them', async () => {
    const { ann, id } = await draft('hello');
    await ann.edit(id, textEdit('ab')).sent;
    await settled();
    const handle = [...gateway.connections[0]!.handles.keys()][0]!;
    const ben = { subject: 'ben', role: 'AGENT' as const, name: 'ben' };
    const told = (start: number, revision: number) => {
      gateway.connections[0]!.send({
        peers: { handle, peers: [{ author: ben, cursor: { block: id, start, end: start, revision } }] },
      });
      return settled();
    };
    await told(3, 1);
    expect(cursorOf(ann)).toEqual({ block: id, start: 5, end: 5 });
    await told(7, 3);
    expect(cursorOf(ann)).toBeUndefined();
    await ann.edit(id, textEdit('c')).sent;
    expect(cursorOf(ann)).toEqual({ block: id, start: 7, end: 7 });
    await told(0, 0);
    expect(cursorOf(ann)).toBeDefined();
  });

  it('in a block that nobody else has is not sent, nor shown in one that is not here', async () => {
    const { ann, ben } = await draft('');
    ben.signal({ cursor: { block: 'nowhere', start: 0, end: 0 } });
    await settled();
    expect(ann.peers()).toMatchObject([{ cursor: undefined }]);
  });

  it('ends at the same place on both screens, whatever both write', async () => {
    for (let run = 0; run < 20; run++) {
      gateway = new FakeGateway();
      const { ann, ben, id } = await draft('0123456789');
      for (let step = 0; step < 12; step++) {
        const writer = random.chance(0.5) ? ann : ben;
        const length = [...(writer.block(id)?.text ?? '')].length;
        const at = random.below(length + 1);
        const gone = random.below(Math.min(3, length - at + 1));
        writer.edit(id, textEdit(at, 'x😀'.slice(0, random.pick([1, 3])), -gone));
        if (random.chance(0.3)) {
          await settled();
        }
      }
      await clock.advance(500);
      const text = [...(ben.block(id)?.text ?? '')];
      const place = { block: id, start: random.below(text.length + 1), end: random.below(text.length + 1) };
      ben.signal({ cursor: place });
      await clock.advance(500);
      expect(ann.block(id)?.text).toBe(text.join(''));
      expect(cursorOf(ann)).toEqual(place);
    }
  });
});

describe('the site', () => {
  it('shows pages without what follows a question mark, and the queue in its order', async () => {
    const vera = await connected('vera', 'VISITOR');
    vera.visit('/prices?token=secret#top', 'Prices');
    const site = new Site(await connected('ann'));
    await settled();
    expect(site.pages()).toEqual([{ page: '/prices', title: 'Prices', visitors: 1 }]);
    gateway.presence.queue('b', 'V');
    gateway.presence.queue('a', 'V');
    gateway.presence.queue('c', 'A');
    await settled();
    expect(site.queue()).toEqual(['c', 'a', 'b']);
  });

  it('is arranged by agents, at all desks', async () => {
    const [one, two] = [new Site(await connected('ann')), new Site(await connected('ben'))];
    for (const [i, id] of ['a', 'b', 'c'].entries()) {
      gateway.presence.queue(id, `${String(i + 1)}V`);
    }
    await settled();
    one.arrange('c', { before: 'b' });
    expect(one.queue()).toEqual(['a', 'c', 'b']);
    await settled();
    expect(two.queue()).toEqual(['a', 'c', 'b']);
    gateway.presence.queue('c', '');
    await settled();
    expect(two.queue()).toEqual(['a', 'b']);
    two.arrange('c', { before: 'a' });
    expect(two.queue()).toEqual(['a', 'b']);
  });

  it('is watched and visited on each new connection', async () => {
    const vera = await connected('vera', 'VISITOR');
    vera.visit('/help');
    const site = new Site(await connected('ann'));
    await settled();
    gateway.connections.forEach((connection) => {
      connection.close(1006);
    });
    await clock.advance(20_000);
    expect(gateway.connections.slice(2).map(({ kinds }) => kinds)).toEqual(
      expect.arrayContaining([
        ['hello', 'visit'],
        ['hello', 'watchSite'],
      ]),
    );
    expect(site.pages()).toMatchObject([{ page: '/help' }]);
  });
});
