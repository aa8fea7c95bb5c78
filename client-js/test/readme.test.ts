import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Message } from '../src/index.ts';
import { FakeClock, settled } from './fixture/fake-clock.ts';
import { FakeGateway, tokenOf } from './fixture/fake-gateway.ts';
import { PseudoRandom } from './fixture/pseudo-random.ts';
import { runSample } from './fixture/readme-sample.ts';
import { SEED } from './fixture/seed.ts';

it('does what the README shows, to the letter', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('fixture/readme-sample.ts', import.meta.url), 'utf8');
  const shown = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  const run = /\/\/ README\n([\s\S]*?) {2}\/\/ end/.exec(source)?.[1]?.replaceAll(/^ {2}/gm, '');
  expect(run).toBe(shown);
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
