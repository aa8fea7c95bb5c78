import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, type ClientOptions, createClient } from '../src/client.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import type { ConversationHandle } from '../src/conversation-handle.ts';
import { eventually, pause } from './fixture/eventually.ts';
import { Gateway } from './fixture/gateway.ts';
import { HttpProxy } from './fixture/http-proxy.ts';

const WAIT_MILLIS = 60_000;

/** One that tells of its end once, as those of browsers do. */
class QuietWebSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol);
    this.on('error', () => undefined);
  }
}

let gateway: Gateway;
let proxy: HttpProxy;
let clients: Client[];
let visitors = 0;
let visitor: string;

beforeAll(async () => {
  gateway = new Gateway([]);
  await gateway.start();
});
beforeEach(async () => {
  proxy = await HttpProxy.start(() => gateway.port);
  clients = [];
  visitor = `visitor-${String(++visitors)}`;
});
afterEach(() => {
  clients.forEach((client) => {
    client.close();
  });
  proxy.close();
});
afterAll(() => gateway.remove());

async function token(subject: string): Promise<string> {
  const url = `http://127.0.0.1:${String(gateway.port)}/demo/token?role=visitor&subject=${subject}&name=${subject}`;
  return (await fetch(url, { method: 'POST' })).text();
}

function connect(origin: string, options: Partial<ClientOptions> = {}): Client {
  const subject = visitor;
  const client = createClient({
    url: `${origin.replace('http', 'ws')}/ws`,
    token: () => token(subject),
    outbox: 'memory',
    WebSocket: QuietWebSocket,
    fetch,
    ...options,
  });
  clients.push(client);
  client.connect();
  return client;
}

async function streaming(): Promise<Client> {
  const client = connect(proxy.origin);
  await eventually('the client streams', () => isLive(client) && client.stats().transport === 'sse', WAIT_MILLIS);
  return client;
}

/** Past what any proxy does in between. */
function direct(): Client {
  return connect(`http://127.0.0.1:${String(gateway.port)}`);
}

function isLive(client: Client): boolean {
  return client.state.name === 'live';
}

function textsOf(chat: ConversationHandle): string[] {
  return chat.messages().map(({ text }) => text);
}

async function exchange(client: Client): Promise<void> {
  const other = direct();
  const [here, there] = [client, other].map((each) => each.conversation({ name: 'chat' })) as [
    ConversationHandle,
    ConversationHandle,
  ];
  await here.send('from the stream 😀 中').sent;
  await there.send('from a socket').sent;
  const expected = ['from the stream 😀 中', 'from a socket'];
  await eventually('both show both', () => [here, there].every((each) => textsOf(each).join() === expected.join()));
  expect(other.stats().transport).toBe('websocket');
}

it('a chat goes on where upgrades are stripped', async () => {
  await exchange(await streaming());
  expect(proxy.paths.every((path) => path.startsWith('/v1/streams'))).toBe(true);
});

it('a chat goes on where the beginning of each answer is held back', async () => {
  proxy.heldBytes = 2_048;
  await exchange(await streaming());
});

it('a chat goes on where every byte comes by itself', async () => {
  proxy.pieceBytes = 1;
  await exchange(await streaming());
});

it('what was sent through cut connections and lost answers is in the chat once, in order', async () => {
  const client = await streaming();
  const chat = client.conversation({ name: 'chat' });
  const expected = Array.from({ length: 30 }, (_, i) => `message ${String(i)}`);
  let lost = 0;
  proxy.losesAnswer = (path) => path.startsWith('/v1/streams/') && lost < 5 && ++lost % 2 === 1;
  const sent = expected.map(async (text, i) => {
    await pause(i * 40);
    if (i % 10 === 5) {
      proxy.cut();
    }
    await chat.send(text).sent;
  });
  await Promise.all(sent);
  const there = direct().conversation({ name: 'chat' });
  await eventually('the other shows all', () => textsOf(there).length >= expected.length, WAIT_MILLIS);
  expect(textsOf(there)).toEqual(expected);
  expect(textsOf(chat)).toEqual(expected);
  expect(lost).toBeGreaterThan(0);
});

it('a gateway that was killed and came back goes on with the stream', async () => {
  const client = await streaming();
  const chat = client.conversation({ name: 'chat' });
  await chat.send('before').sent;
  await gateway.kill();
  const { sent } = chat.send('meanwhile');
  await gateway.start();
  await sent;
  const there = direct().conversation({ name: 'chat' });
  await eventually('the other shows both', () => textsOf(there).join() === 'before,meanwhile', WAIT_MILLIS);
});

it('a large snapshot comes down the stream', async () => {
  const there = direct().conversation({ name: 'chat' });
  const long = '很长的文字 '.repeat(500);
  for (let i = 0; i < 100; i++) {
    await there.send(`${String(i)} ${long}`).sent;
  }
  const client = await streaming();
  const chat = client.conversation({ name: 'chat' });
  await eventually('the stream brought it', () => textsOf(chat).length === 100, WAIT_MILLIS);
  expect(textsOf(chat)).toEqual(textsOf(there));
});

it('the client goes back to a WebSocket by itself once one gets through', async () => {
  // What is asked each minute is asked ten times a second here.
  const hurried: Clock = {
    ...systemClock,
    after: (millis, task) => systemClock.after(millis >= 60_000 && millis < 3_600_000 ? 100 : millis, task),
  };
  const client = connect(proxy.origin, { clock: hurried });
  await eventually('the client streams', () => isLive(client) && client.stats().transport === 'sse', WAIT_MILLIS);
  const chat = client.conversation({ name: 'chat' });
  await chat.send('over requests').sent;
  proxy.upgrades = true;
  await eventually('it has a WebSocket', () => isLive(client) && client.stats().transport === 'websocket', WAIT_MILLIS);
  const requests = proxy.paths.length;
  await chat.send('over a socket').sent;
  expect(proxy.paths).toHaveLength(requests);
});
