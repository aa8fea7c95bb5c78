import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client.ts';
import { TransportChoice } from '../../src/transport/transport-choice.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeGateway, tokenOf } from '../fixture/fake-gateway.ts';
import { FakeStreams } from '../fixture/fake-streams.ts';

let gateway: FakeGateway;
let streams: FakeStreams;
let clock: FakeClock;

beforeEach(() => {
  gateway = new FakeGateway();
  streams = new FakeStreams(gateway);
  clock = new FakeClock();
});

/** Back-off waits exactly its bound: 500 ms, then 1 s, and so on. */
async function connecting(options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
    outbox: 'memory',
    clock,
    random: { fraction: () => 0.999999, bytes: (length) => new Uint8Array(length).fill(7) },
    WebSocket: gateway.WebSocket,
    fetch: streams.fetch as typeof fetch,
    ...options,
  });
  client.connect();
  await settled();
  return client;
}

/** A client on a network that strips upgrades. */
async function streaming(options: Partial<ClientOptions> = {}): Promise<Client> {
  gateway.isDown = true;
  const client = await connecting(options);
  await clock.advance(1_500);
  expect([client.state.name, client.stats().transport]).toEqual(['live', 'sse']);
  return client;
}

function texts(): string[] {
  return gateway
    .conversation('vera:chat')
    .log.flatMap(({ effects }) => effects.flatMap(({ create }) => (create ? [create.text] : [])));
}

describe('a client', () => {
  it('uses a WebSocket as long as one gets through', async () => {
    const client = await connecting();
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.close(1006);
    await clock.advance(500);
    expect(client.stats()).toMatchObject({ transport: 'websocket', connections: 3 });
  });

  it('streams events when two WebSockets in a row did not get through', async () => {
    gateway.isDown = true;
    const client = await connecting();
    await clock.advance(499);
    expect([gateway.dials, client.stats().transport]).toEqual([1, 'websocket']);
    await clock.advance(1_001);
    expect([gateway.dials, client.stats().transport]).toEqual([2, 'sse']);
    expect(client.state.name).toBe('live');
  });

  it('streams events at once where there is no WebSocket, and has nothing where there is no fetch either', () => {
    const means = { clock, WebSocket: undefined, fetch: streams.fetch };
    const choice = new TransportChoice('wss://gateway.test/ws', means, () => undefined);
    expect(choice.next()).toBeDefined();
    expect(choice.name).toBe('sse');
    expect(new TransportChoice('', { ...means, fetch: undefined }, () => undefined).next()).toBeUndefined();
  });

  it('goes on trying both while nothing gets through', async () => {
    gateway.isDown = true;
    let requests = 0;
    streams.intercept = () => {
      requests++;
      return Promise.reject(new TypeError('failed to fetch'));
    };
    const client = await connecting();
    await clock.advance(200_000);
    expect(client.state.name).toBe('waiting');
    expect(gateway.dials).toBeGreaterThan(4);
    expect(requests).toBeGreaterThan(2);
    gateway.isDown = false;
    streams.intercept = () => undefined;
    await clock.advance(20_000);
    expect(client.state.name).toBe('live');
  });

  it('does not take the page of a network that wants a login for a stream', async () => {
    gateway.isDown = true;
    streams.intercept = () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } }));
    const client = await connecting();
    await clock.advance(1_500);
    expect(client.state.name).toBe('waiting');
  });

  it('goes back to a WebSocket by itself once one gets through', async () => {
    const client = await streaming();
    const chat = client.conversation({ name: 'chat' });
    await chat.send('over requests').sent;
    await clock.advance(60_000);
    expect(client.stats().transport).toBe('sse');
    gateway.isDown = false;
    await clock.advance(120_000);
    expect([client.stats().transport, client.state.name]).toEqual(['websocket', 'live']);
    await chat.send('over a socket').sent;
    expect(texts()).toEqual(['over requests', 'over a socket']);
    expect(gateway.connections.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  });

  it('asks more and more rarely whether a WebSocket gets through, and never beside a connection that is over', async () => {
    const client = await streaming();
    const before = gateway.dials;
    const probes: number[] = [];
    for (let minute = 1; minute <= 64; minute++) {
      await clock.advance(60_000);
      if (gateway.dials - before > probes.length) {
        probes.push(minute);
      }
    }
    expect(probes).toEqual([1, 3, 7, 15, 31, 47, 63]);
    client.close();
    const closedAt = gateway.dials;
    await clock.advance(3_600_000);
    expect(gateway.dials).toBe(closedAt);
  });
});

describe('a client that streams events', () => {
  it('writes and reads as over a socket, wherever the bytes are cut', async () => {
    streams.pieceBytes = 1;
    const client = await streaming();
    const chat = client.conversation({ name: 'chat' });
    await chat.send('你好 😀').sent;
    expect(texts()).toEqual(['你好 😀']);
    expect(chat.messages().map(({ text }) => text)).toEqual(['你好 😀']);
  });

  it('has one request on its way, and what waits meanwhile goes with the next, in order', async () => {
    const client = await streaming();
    const names = Array.from({ length: 20 }, (_, i) => `chat ${String(i)}`);
    let release: () => void = () => undefined;
    streams.delay = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const before = streams.posts;
    const chats = names.map((name) => client.conversation({ name }));
    await settled();
    expect(streams.posting).toBe(1);
    streams.delay = () => Promise.resolve();
    release();
    await settled();
    expect(gateway.last.received.flatMap(({ open }) => open?.name ?? [])).toEqual(names);
    expect(streams.posts - before).toBeLessThan(names.length);
    expect(streams.postingMax).toBe(1);
    expect(chats.every(({ isOpen }) => isOpen)).toBe(true);
  });

  it('resumes when it does not know whether a request arrived, and nothing is doubled', async () => {
    const client = await streaming();
    const chat = client.conversation({ name: 'chat' });
    await settled();
    streams.delay = () => {
      streams.delay = () => Promise.resolve();
      streams.posting--;
      return Promise.reject(new TypeError('connection reset'));
    };
    gateway.isMute = true;
    const { sent } = chat.send('once');
    await settled();
    gateway.isMute = false;
    expect(client.state.name).toBe('waiting');
    await clock.advance(2_000);
    await sent;
    expect(texts()).toEqual(['once']);
    expect(client.stats().transport).toBe('sse');
  });

  it('begins another stream when the gateway does not know its own any more', async () => {
    const client = await streaming();
    streams.intercept = (url) => {
      if (url.endsWith('/v1/streams')) {
        return undefined;
      }
      streams.intercept = () => undefined;
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    const chat = client.conversation({ name: 'chat' });
    const { sent } = chat.send('hello');
    await clock.advance(2_000);
    await sent;
    expect(client.stats()).toMatchObject({ transport: 'sse', connections: 2 });
  });

  it('begins another stream at once where its requests reach another gateway, but not again and again', async () => {
    const client = await streaming();
    const chat = client.conversation({ name: 'chat' });
    const first = chat.send('first');
    await clock.advance(100);
    await first.sent;
    const before = gateway.connections.length;
    streams.intercept = (url) =>
      url.endsWith('/v1/streams') ? undefined : Promise.resolve(new Response(null, { status: 410 }));
    chat.send('second');
    await settled();
    expect(gateway.connections).toHaveLength(before + 1);
    await settled();
    expect(gateway.connections).toHaveLength(before + 1);
    expect(client.state.name).toBe('waiting');

    streams.intercept = () => undefined;
    await clock.advance(2_000);
    expect(client.state.name).toBe('live');
    expect(texts()).toEqual(['first', 'second']);
  });

  it.each([
    [4409, 'closed'],
    [4400, 'closed'],
    [4402, 'waiting'],
    [1012, 'waiting'],
  ])('takes the close code %d as a socket does', async (code, state) => {
    const client = await streaming();
    gateway.last.close(code);
    await settled();
    expect(client.state.name).toBe(state);
  });

  it('that an address has too many of is asked for again, and is no reason for another transport', async () => {
    const client = await streaming();
    streams.intercept = (url) =>
      url.endsWith('/v1/streams') ? Promise.resolve(new Response(null, { status: 429 })) : undefined;
    gateway.last.close(1012);
    await clock.advance(30_000);
    expect([client.state.name, client.stats().transport]).toEqual(['waiting', 'sse']);

    streams.intercept = () => undefined;
    await clock.advance(20_000);
    expect([client.state.name, client.stats().transport]).toEqual(['live', 'sse']);
  });

  it('does not send again what is too large', async () => {
    const client = await streaming();
    streams.intercept = () => Promise.resolve(new Response(null, { status: 413 }));
    client.conversation({ name: 'chat' });
    await settled();
    expect(client.state).toMatchObject({ name: 'closed', code: 1009 });
  });

  it('notices that nothing comes any more', async () => {
    const client = await streaming();
    gateway.isMute = true;
    await clock.advance(60_000);
    expect(client.state.name).not.toBe('live');
  });

  it('asks for nothing that makes a browser ask first, and never for credentials', async () => {
    const inits: RequestInit[] = [];
    streams.intercept = (_, init) => {
      inits.push(init);
      return undefined;
    };
    const client = await streaming();
    client.conversation({ name: 'chat' });
    await settled();
    expect(inits).toHaveLength(2);
    for (const { method, headers, credentials, cache } of inits) {
      expect([method, headers, credentials, cache]).toEqual(['POST', undefined, 'omit', 'no-store']);
    }
  });
});
