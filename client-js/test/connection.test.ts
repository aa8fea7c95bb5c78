import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../src/client.ts';
import type { ParleyError } from '../src/errors.ts';
import { FakeClock, settled } from './fixture/fake-clock.ts';
import { FakeGateway, tokenOf } from './fixture/fake-gateway.ts';

let gateway: FakeGateway;
let clock: FakeClock;
let page: EventTarget;
let document: EventTarget & { visibilityState: string };

beforeEach(() => {
  gateway = new FakeGateway();
  clock = new FakeClock();
  page = new EventTarget();
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
});

/** Back-off waits exactly its bound: 500 ms, then 1 s, and so on. */
async function connected(options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
    outbox: 'memory',
    clock,
    random: { fraction: () => 0.999999, bytes: (length) => new Uint8Array(length).fill(7) },
    page,
    document,
    WebSocket: gateway.WebSocket,
    ...options,
  });
  client.connect();
  await settled();
  return client;
}

describe('a connection that breaks', () => {
  it.each([1000, 1001, 1006, 1012, 1013, 4408, 4410])('is made again after close code %d', async (code) => {
    const client = await connected();
    gateway.last.close(code);
    await settled();
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'lost' });
    await clock.advance(500);
    expect(client.state.name).toBe('live');
    expect(gateway.connections).toHaveLength(2);
  });

  it.each([
    [1002, 'NOT_ALLOWED'],
    [1009, 'NOT_ALLOWED'],
    [4400, 'BAD_FRAME'],
    [4403, 'NOT_ALLOWED'],
    [4409, 'SUPERSEDED'],
    [4426, 'UPGRADE'],
  ] as const)('is not made again after close code %d', async (code, reason) => {
    const client = await connected();
    const told: string[] = [];
    client.on('error', (error) => told.push(`${error.code} ${String(error.retryable)}`));
    if (reason !== 'NOT_ALLOWED') {
      gateway.last.send({ failure: { code: reason, closeCode: code } });
    }
    gateway.last.close(code);
    await clock.advance(120_000);
    expect(client.state).toEqual({ name: 'closed', code, reason });
    expect(gateway.connections).toHaveLength(1);
    expect(told).toEqual(reason === 'NOT_ALLOWED' ? [] : [`${reason} false`]);
  });

  it('keeps what is pending through a final close, for when the application connects again', async () => {
    const client = await connected();
    const chat = client.conversation({ name: 'chat' });
    await settled();
    gateway.intercept = (connection, { submit }) => {
      if (submit) {
        connection.close(4426);
      }
      return submit !== undefined;
    };
    const { sent } = chat.send('later');
    await settled();
    expect(client.state.name).toBe('closed');
    gateway.intercept = () => false;
    client.connect();
    await sent;
    expect(gateway.conversation('vera:chat').log).toHaveLength(1);
  });

  it.each([4401, 4402])('is made again with a new token after close code %d', async (code) => {
    let tokens = 0;
    const client = await connected({
      token: () => {
        tokens++;
        return Promise.resolve(tokenOf('vera', 'VISITOR'));
      },
    });
    gateway.last.close(code);
    await settled();
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'token' });
    await clock.advance(500);
    expect([client.state.name, tokens]).toEqual(['live', 2]);
  });

  it('backs off further while it fails, and starts over when it works', async () => {
    gateway.isDown = true;
    const client = await connected();
    const waits: number[] = [];
    client.on('state', (state) => {
      if (state.name === 'waiting') {
        waits.push(Math.round((state.retryAtMillis - clock.nowMillis()) / 100) * 100);
      }
    });
    await clock.advance(16_000);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    gateway.isDown = false;
    await clock.advance(16_000);
    expect(client.state.name).toBe('live');
    gateway.last.close(1006);
    await settled();
    expect(waits.at(-1)).toBe(500);
  });

  it('is the same session as before', async () => {
    await connected();
    gateway.last.close(1006);
    await clock.advance(500);
    expect(gateway.connections[0]?.session).toBe(gateway.connections[1]?.session);
    expect(gateway.connections[0]?.session).not.toBe('');
  });
});

describe('a token that is not to be had', () => {
  it('is asked for again, later and later', async () => {
    let failures = 2;
    const codes: string[] = [];
    const client = await connected({
      token: () =>
        failures-- > 0 ? Promise.reject(new Error('offline')) : Promise.resolve(tokenOf('vera', 'VISITOR')),
    });
    client.on('error', ({ code }) => codes.push(code));
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'token' });
    await clock.advance(1_500);
    expect(client.state.name).toBe('live');
    expect(codes).toEqual(['NO_TOKEN']);
  });

  it('is asked for again when there is no answer at all', async () => {
    const tokens = [new Promise<string>(() => undefined), Promise.resolve(tokenOf('vera', 'VISITOR'))];
    const client = await connected({ token: () => tokens.shift()! });
    expect(client.state.name).toBe('connecting');
    await clock.advance(20_000);
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'token' });
    await clock.advance(500);
    expect(client.state.name).toBe('live');
  });
});

describe('a token that is still good', () => {
  const never = new Promise<string>(() => undefined);

  it('does for another connection when nobody answers with a new one', async () => {
    const tokens = [Promise.resolve(tokenOf('vera', 'VISITOR')), never];
    const client = await connected({ token: () => tokens.shift()! });
    gateway.last.close(1006);
    await clock.advance(500 + 2_900);
    expect([client.state.name, gateway.connections.length]).toEqual(['connecting', 1]);
    await clock.advance(200);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 2]);
  });

  it.each([4401, 4402])('does not if the gateway refused it with close code %d', async (code) => {
    const tokens = [Promise.resolve(tokenOf('vera', 'VISITOR')), never, never];
    const client = await connected({ token: () => tokens.shift()! });
    gateway.last.close(code);
    await clock.advance(500 + 19_900);
    expect([client.state.name, gateway.connections.length]).toEqual(['connecting', 1]);
    await clock.advance(200);
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'token' });
  });

  it('does not if the application says that there is none', async () => {
    let isSignedIn = true;
    const client = await connected({
      token: () => (isSignedIn ? Promise.resolve(tokenOf('vera', 'VISITOR')) : Promise.reject(new Error('signed out'))),
    });
    isSignedIn = false;
    gateway.last.close(1006);
    await clock.advance(600);
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'token' });
  });

  it('is none any more once it has expired', async () => {
    const soon = tokenOf('vera', 'VISITOR', clock.nowMillis() + 60_000);
    const tokens = [Promise.resolve(soon), never, never];
    const client = await connected({ token: () => tokens.shift()! });
    await clock.advance(55_000);
    gateway.last.close(1006);
    await clock.advance(500 + 19_900);
    expect([client.state.name, gateway.connections.length]).toEqual(['connecting', 1]);
  });
});

describe('a gateway that stops', () => {
  it('says when to come back, and is taken at its word', async () => {
    const client = await connected();
    gateway.last.send({ goAway: { delayMillis: 3_000, deadlineMillis: 30_000 } });
    await clock.advance(2_900);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 1]);
    await clock.advance(200);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 2]);
    expect(gateway.connections[0]?.isOpen).toBe(false);
  });

  it('and says so again is left once', async () => {
    await connected();
    gateway.last.send({ goAway: { delayMillis: 5_000, deadlineMillis: 30_000 } });
    gateway.last.send({ goAway: { delayMillis: 3_000, deadlineMillis: 30_000 } });
    await clock.advance(10_000);
    expect(gateway.connections).toHaveLength(2);
  });

  it('and closes before that time is still not stormed', async () => {
    const client = await connected();
    gateway.last.send({ goAway: { delayMillis: 3_000, deadlineMillis: 30_000 } });
    await clock.advance(1_000);
    gateway.last.close(1012);
    await clock.advance(1_900);
    expect(client.state.name).toBe('waiting');
    await clock.advance(200);
    expect(client.state.name).toBe('live');
  });

  it('and cannot say who leads is asked again when it says so', async () => {
    const client = await connected();
    gateway.last.send({ failure: { code: 'UNAVAILABLE', closeCode: 1013, delayMillis: 4_000 } });
    gateway.last.close(1013);
    await clock.advance(3_900);
    expect([client.state.name, gateway.connections.length]).toEqual(['waiting', 1]);
    await clock.advance(200);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 2]);
  });
});

describe('a principal with too many connections', () => {
  it('is told so, with the time after which the client comes again by itself', async () => {
    const client = await connected();
    const told: ParleyError[] = [];
    client.on('error', (error) => told.push(error));
    gateway.last.send({ failure: { code: 'TOO_MANY', closeCode: 1013, delayMillis: 7_000 } });
    gateway.last.close(1013);
    await clock.advance(6_900);
    expect(told).toMatchObject([{ code: 'TOO_MANY', retryable: true, retryAfterMillis: 7_000 }]);
    expect(client.state.name).toBe('waiting');
    await clock.advance(200);
    expect(client.state.name).toBe('live');
  });
});

describe('a heartbeat', () => {
  it('is sent when nothing else was for its time, and not otherwise', async () => {
    const client = await connected();
    const chat = client.conversation({ name: 'chat' });
    await clock.advance(20_000);
    await chat.send('something').sent;
    await clock.advance(20_000);
    expect(gateway.last.kinds.filter((kind) => kind === 'ping')).toEqual([]);
    await clock.advance(11_000);
    expect(gateway.last.kinds.filter((kind) => kind === 'ping')).toHaveLength(1);
  });

  it('that nobody answers for two of its times ends the connection', async () => {
    const client = await connected();
    gateway.last.isMute = true;
    await clock.advance(49_000);
    expect(client.state.name).toBe('live');
    await clock.advance(2_000);
    expect(gateway.connections).toHaveLength(2);
    expect(client.state.name).toBe('live');
  });

  it('waits for no closing handshake of a network that is gone', async () => {
    const client = await connected();
    gateway.last.cut();
    await clock.advance(51_000);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 2]);
  });
});

describe('connecting', () => {
  it('is given up when nothing happens for 10 seconds', async () => {
    let sockets = 0;
    class Silent {
      binaryType = '';
      onopen = null;
      onmessage = null;
      onclose = null;
      constructor() {
        sockets++;
      }
      send(): void {
        throw new Error('not open');
      }
      close(): void {
        return;
      }
    }
    const client = await connected({ WebSocket: Silent });
    await clock.advance(9_900);
    expect([client.state.name, sockets]).toEqual(['connecting', 1]);
    await clock.advance(700);
    expect(sockets).toBe(2);
  });

  it('needs a WebSocket or fetch', async () => {
    const own = ['WebSocket', 'fetch'].map((name) => {
      const property = Object.getOwnPropertyDescriptor(globalThis, name);
      Reflect.deleteProperty(globalThis, name);
      return { name, property };
    });
    const client = createClient({
      url: 'wss://gateway.test/ws',
      token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
      outbox: 'memory',
    });
    client.connect();
    await settled();
    expect(client.state).toMatchObject({ name: 'closed', reason: 'NO_WEBSOCKET' });
    own.forEach(({ name, property }) => {
      if (property) {
        Object.defineProperty(globalThis, name, property);
      }
    });
  });

  it('ends with a frame that is none', async () => {
    const client = await connected();
    gateway.last.sendBytes(new Uint8Array([0x0a, 0x05]));
    await settled();
    expect(client.state).toMatchObject({ name: 'waiting', reason: 'lost' });
  });
});

describe('a good moment to connect', () => {
  const waiting = async (): Promise<Client> => {
    gateway.isDown = true;
    const client = await connected();
    await clock.advance(12_000);
    gateway.isDown = false;
    expect(client.state.name).toBe('waiting');
    return client;
  };

  it.each(['online', 'pageshow'])('is %s', async (event) => {
    const client = await waiting();
    page.dispatchEvent(new Event(event));
    await settled();
    expect(client.state.name).toBe('live');
  });

  it('is when the page becomes visible, and not when it hides', async () => {
    const client = await waiting();
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    expect(client.state.name).toBe('waiting');
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    expect(client.state.name).toBe('live');
  });

  it('is one in two seconds at most', async () => {
    await waiting();
    gateway.isDown = true;
    const before = gateway.dials;
    for (let i = 0; i < 10; i++) {
      page.dispatchEvent(new Event('online'));
      document.dispatchEvent(new Event('visibilitychange'));
      await clock.advance(100);
    }
    expect(gateway.dials - before).toBe(1);
  });

  it('asks a connection that only looks open for a sign of life', async () => {
    const client = await connected();
    gateway.last.cut();
    page.dispatchEvent(new Event('online'));
    await clock.advance(6_000);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 2]);
  });

  it('notices within seconds that the network is gone, and believes the connection rather than the browser', async () => {
    const client = await connected();
    page.dispatchEvent(new Event('offline'));
    await clock.advance(6_000);
    expect([client.state.name, gateway.connections.length]).toEqual(['live', 1]);
    gateway.last.cut();
    gateway.isDown = true;
    page.dispatchEvent(new Event('offline'));
    await clock.advance(6_000);
    expect(client.state.name).toBe('waiting');
  });

  it('is none after the client was closed', async () => {
    const client = await waiting();
    client.close();
    page.dispatchEvent(new Event('online'));
    await settled();
    expect([client.state.name, gateway.connections.length]).toEqual(['closed', 0]);
  });
});
