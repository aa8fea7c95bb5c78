import { beforeEach, describe, expect, it } from 'vitest';
import { surroundings } from '../../src/environment.ts';
import { Bus } from '../../src/tabs/bus.ts';
import { Election } from '../../src/tabs/election.ts';
import { KeyRing } from '../../src/tabs/key-ring.ts';
import { ChannelTable, FakeChannels } from '../fixture/fake-channels.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeGateway } from '../fixture/fake-gateway.ts';
import { FakeLocks, LockTable } from '../fixture/fake-locks.ts';
import { fakeSubtle } from '../fixture/fake-subtle.ts';

const URL = 'wss://gateway.test/ws';

let clock: FakeClock;
let keys: KeyRing;
let locks: LockTable;
let channels: ChannelTable;

beforeEach(async () => {
  clock = new FakeClock();
  locks = new LockTable();
  channels = new ChannelTable();
  const gateway = new FakeGateway();
  gateway.timeMillis = () => clock.nowMillis();
  const around = surroundings({ clock, subtle: fakeSubtle, fetch: () => gateway.tabKey('vera') });
  keys = new KeyRing(URL, 'demo/vera', around, () => Promise.resolve(''));
  await keys.load('');
});

/** A page that nobody looks at: its own timers never fire. */
class HiddenPage {
  readonly happened: string[] = [];
  readonly locks = new FakeLocks(locks);
  readonly channels = new FakeChannels(channels);
  readonly election: Election;

  constructor(name: string) {
    const slow = { nowMillis: () => clock.nowMillis(), after: () => () => undefined };
    const bus = new Bus(this.channels, 'scope/', name, keys);
    this.election = new Election(
      this.locks.asLockManager(),
      'leader',
      bus,
      slow,
      {
        isNext: () => {
          this.happened.push('next');
          return Promise.resolve(clock);
        },
        elected: () => {
          this.happened.push('elected');
          this.election.startBeating(clock);
        },
        deposed: () => this.happened.push('deposed'),
        follows: () => undefined,
        isVisible: () => false,
      },
      true,
    );
  }

  async enter(): Promise<this> {
    this.election.enter();
    await settled();
    return this;
  }
}

describe('of the tabs that wait', () => {
  it('one knows that it is next, and another one when that leads or has gone', async () => {
    const [first, second, third, fourth] = [
      await new HiddenPage('1').enter(),
      await new HiddenPage('2').enter(),
      await new HiddenPage('3').enter(),
      await new HiddenPage('4').enter(),
    ];
    expect(first.happened).toEqual(['next', 'elected']);
    expect([second.happened, third.happened]).toEqual([['next'], []]);
    first.election.leave();
    await settled();
    expect([second.happened, third.happened]).toEqual([['next', 'elected'], ['next']]);
    third.locks.dropAll();
    await settled();
    expect(fourth.happened).toEqual(['next']);
    second.locks.dropAll();
    await settled();
    expect(fourth.happened).toEqual(['next', 'elected']);
  });

  it('the next misses a silent leader although nobody looks at any of them, and waits again when it was silent itself', async () => {
    const leader = await new HiddenPage('1').enter();
    const next = await new HiddenPage('2').enter();
    leader.channels.isFrozen = true;
    leader.election.startBeating({ nowMillis: () => 0, after: () => () => undefined });
    await clock.advance(50_000);
    expect(next.happened).toEqual(['next']);
    await clock.advance(15_000);
    expect(next.happened).toEqual(['next', 'elected']);
    leader.channels.isFrozen = false;
    await settled();
    expect(leader.happened).toEqual(['next', 'elected', 'deposed', 'next']);
    next.election.leave();
    await settled();
    expect(leader.happened).toEqual(['next', 'elected', 'deposed', 'next', 'elected']);
  });
});
