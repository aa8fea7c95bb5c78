import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { surroundings } from '../../src/environment.ts';
import { Bus } from '../../src/tabs/bus.ts';
import { KeyRing } from '../../src/tabs/key-ring.ts';
import { ChannelTable, FakeChannels } from '../fixture/fake-channels.ts';
import { FakeClock } from '../fixture/fake-clock.ts';
import { DAY_MILLIS, FakeGateway } from '../fixture/fake-gateway.ts';
import { fakeSubtle } from '../fixture/fake-subtle.ts';

const PATIENCE = { timeout: 20_000 };

interface Side {
  readonly keys: KeyRing;
  readonly bus: Bus;
  readonly heard: string[];
}

let clock: FakeClock;
let gateway: FakeGateway;
let channels: ChannelTable;

beforeEach(() => {
  clock = new FakeClock();
  gateway = new FakeGateway();
  gateway.timeMillis = () => clock.nowMillis();
  channels = new ChannelTable();
});

/** One who hears everything. */
function side(name: string, fetch: () => Promise<Response>, indexedDB?: IDBFactory): Side {
  const around = surroundings({ clock, subtle: fakeSubtle, fetch, ...(indexedDB && { indexedDB }) });
  const keys = new KeyRing('wss://gateway.test/ws', 'demo/vera', around, () => Promise.resolve(''));
  const bus = new Bus(new FakeChannels(channels), 'scope/', name, keys);
  const heard: string[] = [];
  bus.listen('all', ({ head }) => {
    heard.push(head.kind);
  });
  return { keys, bus, heard };
}

const fromGateway = (): Promise<Response> => gateway.tabKey('vera');

/** The day of the older key is over, and one of them has the new one. */
async function newDay(older: Side, newer: Side): Promise<void> {
  await older.keys.load('');
  await clock.advance(DAY_MILLIS);
  await newer.keys.load('');
}

describe('who hears of a key that it does not have', () => {
  it('hears what was signed with it in its order, once it has the key', async () => {
    let answer = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let fetches = 0;
    const older = side('older', async () => {
      await (fetches++ === 0 ? undefined : isAnswered);
      return fromGateway();
    });
    const newer = side('newer', fromGateway);
    const other = side('other', fromGateway);
    await other.keys.load('');
    await newDay(older, newer);

    newer.bus.post('all', { kind: 'first' });
    newer.bus.post('all', { kind: 'second' });
    other.bus.post('all', { kind: 'with the key of yesterday' });
    await expect.poll(() => older.heard, PATIENCE).toEqual(['with the key of yesterday']);

    newer.bus.post('all', { kind: 'third' });
    answer();
    newer.bus.post('all', { kind: 'fourth' });
    await expect.poll(() => older.heard.length, PATIENCE).toBe(5);
    expect(older.heard).toEqual(['with the key of yesterday', 'first', 'second', 'third', 'fourth']);
    expect(fetches).toBe(2);
    expect(older.bus.stats).toEqual({ received: 5, foreign: 0, stale: 0 });
  });

  it('finds it where another tab of the browser kept it', async () => {
    const indexedDB = new IDBFactory();
    let isDown = false;
    const older = side('older', () => (isDown ? Promise.reject(new Error('down')) : fromGateway()), indexedDB);
    const newer = side('newer', fromGateway, indexedDB);
    await newDay(older, newer);
    isDown = true;
    newer.bus.post('all', { kind: 'signed anew' });
    await expect.poll(() => older.heard, PATIENCE).toEqual(['signed anew']);
  });

  it('counts it as foreign where nobody has the key, and holds no more than so much of it', async () => {
    let isDown = false;
    const older = side('older', () => (isDown ? Promise.reject(new Error('down')) : fromGateway()));
    const newer = side('newer', fromGateway);
    await newDay(older, newer);
    isDown = true;
    for (let i = 0; i < 1_500; i++) {
      newer.bus.post('all', { kind: `message ${i}` });
    }
    await expect.poll(() => older.bus.stats.foreign, PATIENCE).toBe(1_500);
    expect(older.heard).toEqual([]);
    await newer.keys.load('');
    older.bus.post('all', { kind: 'with the key of yesterday' });
    newer.bus.post('all', { kind: 'lost as well' });
    await expect.poll(() => older.bus.stats.foreign, PATIENCE).toBe(1_501);
  });
});
