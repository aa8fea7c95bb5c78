import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Message, createClient } from '../src/index.ts';
import { FakeClock, settled } from './fixture/fake-clock.ts';
import { FakeGateway, tokenOf } from './fixture/fake-gateway.ts';
import { PseudoRandom } from './fixture/pseudo-random.ts';
import { runDeskSample, runLeavingSample, runPresenceSample, runSample } from './fixture/readme-sample.ts';
import { SEED } from './fixture/seed.ts';

it('does what the README shows, to the letter', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('fixture/readme-sample.ts', import.meta.url), 'utf8');
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const run = [...source.matchAll(/\/\/ README\n([\s\S]*?) {2}\/\/ end/g)].map(([, code]) =>
    code?.replaceAll(/^ {2}/gm, ''),
  );
  expect(shown).toHaveLength(4);
  expect(run).toEqual(shown);
});

it('ends with the message in the conversation and the connection live', async () => {
  const states: string[] = [];
  let messages: readonly Message[] = [];
  const options = {
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
    outbox: 'memory' as const,
    clock: new FakeClock(),
    random: new PseudoRandom(SEED),
    WebSocket: new FakeGateway().WebSocket,
  };
  await runSample(
    options,
    (all) => {
      messages = all;
    },
    (name) => states.push(name),
  );
  await settled();
  expect(states[states.length - 1]).toBe('live');
  expect(messages.map(({ text }) => text)).toEqual(['Does it come in blue?']);
});

it('counts nothing and shows nothing once the user has left', async () => {
  const client = createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
    outbox: 'memory',
    clock: new FakeClock(),
    random: new PseudoRandom(SEED),
    WebSocket: new FakeGateway().WebSocket,
  });
  const chat = client.conversation({ name: 'chat' });
  client.connect();
  await chat.send('private').sent;
  const page = { title: 'Shop', focus: () => undefined, badge: () => undefined };
  await runLeavingSample(client, chat, { page });
  expect(chat.messages()).toEqual([]);
  expect(client.state).toMatchObject({ name: 'closed', reason: 'SIGNED_OUT' });
  expect(page.title).toBe('Shop');
});

it('tells who is here, and nobody after the visitor is away', async () => {
  const gateway = new FakeGateway();
  const peers: number[] = [];
  const options = {
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('vera', 'VISITOR')),
    outbox: 'memory' as const,
    clock: new FakeClock(),
    random: new PseudoRandom(SEED),
    WebSocket: gateway.WebSocket,
  };
  runPresenceSample(options, { path: '/prices', title: 'Prices' }, (all) => peers.push(all.length));
  await settled();
  expect(gateway.last.kinds).toEqual(['hello', 'open', 'visit']);
  expect(peers).toEqual([]);
});

it('ends for a desk with the draft published as the suggestion had it', async () => {
  const options = {
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf('anna', 'AGENT')),
    outbox: 'memory' as const,
    clock: new FakeClock(),
    random: new PseudoRandom(SEED),
    WebSocket: new FakeGateway().WebSocket,
  };
  const chat = await runDeskSample(options, 'vera:chat');
  await settled();
  expect(chat.messages().map(({ text }) => text)).toEqual(['We ship on Monday.']);
  expect(chat.drafts()).toEqual([]);
});
