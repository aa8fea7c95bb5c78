import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Client, createClient } from '../src/client.ts';
import { DeskConversation, Site } from '../src/desk/index.ts';
import { textEdit } from '../src/ot/text-edit.ts';
import { eventually, pause } from './fixture/eventually.ts';
import { Gateway } from './fixture/gateway.ts';

const gateway = new Gateway([]);
const clients: Client[] = [];

beforeAll(() => gateway.start());

afterAll(async () => {
  clients.forEach((client) => {
    client.close();
  });
  await gateway.remove();
});

function connect(subject: string, role: 'visitor' | 'agent'): Client {
  const { port } = gateway;
  const client = createClient({
    url: `ws://127.0.0.1:${String(port)}/ws`,
    token: async () => {
      const query = `role=${role}&subject=${subject}&name=${subject}`;
      const answer = await fetch(`http://127.0.0.1:${String(port)}/demo/token?${query}`, { method: 'POST' });
      return answer.text();
    },
    outbox: 'memory',
    WebSocket: WebSocket,
  });
  clients.push(client);
  client.connect();
  return client;
}

test('agents see each other in a draft, the visitor sees somebody, and the site shows where it is and that it waits', async () => {
  const vera = connect('vera', 'visitor');
  const chat = vera.conversation({ name: 'chat' });
  vera.visit('/prices?x=1', 'Prices');
  await chat.send('Does it come in blue?').sent;
  const [ann, ben] = [connect('ann', 'agent'), connect('ben', 'agent')];
  const site = new Site(ann);
  await eventually('the page and the wait are shown', () => site.pages().length > 0 && site.queue().length > 0);
  expect(site.pages()).toEqual([{ page: '/prices', title: 'Prices', visitors: 1 }]);
  expect(site.queue()).toEqual([chat.id]);

  const [desk, other] = [ann, ben].map((agent) => new DeskConversation(agent.conversation({ id: chat.id })).handle);
  await eventually('both desks are open', () => desk?.isOpen && other?.isOpen);
  if (!desk || !other) {
    throw new Error('no desks');
  }
  const { id, sent } = desk.createBlock({ kind: 'DRAFT', text: 'It does 😀 not' });
  await sent;
  await eventually('the draft is at the other desk', () => other.block(id));
  chat.signal();
  desk.signal();
  other.signal({ typing: true, cursor: { block: id, start: 8, end: 9 } });
  await eventually('the cursor is shown', () => desk.peers().find(({ cursor }) => cursor?.block === id));
  await desk.edit(id, textEdit('Yes. ')).sent;
  expect(desk.peers().find(({ cursor }) => cursor)).toMatchObject({
    author: { subject: 'ben' },
    cursor: { start: 13, end: 14 },
  });
  await eventually('the visitor sees somebody', () => chat.peers().length > 0);
  expect(chat.peers()).toEqual([
    { author: { subject: '', role: 'AGENT', name: '' }, typing: undefined, cursor: undefined },
  ]);
  expect(site.viewers(chat.id).map(({ subject }) => subject)).toEqual(expect.arrayContaining(['ann', 'ben', 'vera']));

  let told = 0;
  chat.on('peers', () => told++);
  for (let i = 0; i < 10; i++) {
    other.signal({ typing: true, cursor: { block: id, start: i, end: i } });
    await pause(120);
  }
  await eventually('the last cursor is shown', () => desk.peers().find(({ cursor }) => cursor?.start === 9));
  expect(told).toBe(0);
  desk.signal({ typing: 'PUBLIC' });
  await eventually('the visitor sees that somebody types', () => chat.peers()[0]?.typing === 'PUBLIC');

  await other.send('It does.').sent;
  await eventually('nobody waits', () => site.queue().length === 0);
  vera.close();
  await eventually('nobody is on the page', () => site.pages().length === 0);
});
