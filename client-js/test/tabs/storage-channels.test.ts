import { beforeEach, describe, expect, it } from 'vitest';
import type { Channels, Letter } from '../../src/tabs/channels.ts';
import { SharedStorage } from '../../src/tabs/shared-storage.ts';
import { storageChannels } from '../../src/tabs/storage-channels.ts';
import { settled } from '../fixture/fake-clock.ts';
import { FakeStorage, StorageTable } from '../fixture/fake-storage.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { SEED } from '../fixture/seed.ts';

let table: StorageTable;
let random: PseudoRandom;

beforeEach(() => {
  table = new StorageTable();
  random = new PseudoRandom(SEED);
});

function page(): { readonly channels: Channels; readonly storage: FakeStorage } {
  const target = new EventTarget();
  const storage = new FakeStorage(table, target);
  return { channels: storageChannels(new SharedStorage(storage, target), random), storage };
}

function heardBy(channels: Channels, name: string): Letter[] {
  const heard: Letter[] = [];
  channels.listen(name, (letter) => heard.push(letter as Letter));
  return heard;
}

describe('a letter in storage', () => {
  it('reaches those who listen to its name, in the own page too, as often as it is posted', async () => {
    const [one, other] = [page().channels, page().channels];
    const heard = [heardBy(one, 'group'), heardBy(other, 'group')];
    const elsewhere = [heardBy(other, 'group more'), heardBy(other, 'grou')];
    const letter = { head: '{}', body: new Uint8Array([0, 255, 1]), mac: new Uint8Array([7]) };
    one.post('group', letter);
    one.post('group', letter);
    one.post('group', { head: '{}' });
    await settled();
    heard.forEach((letters) => {
      expect(letters).toEqual([letter, letter, { head: '{}', body: undefined, mac: undefined }]);
    });
    expect(elsewhere).toEqual([[], []]);
  });

  it('does not stay there, and shows no text', async () => {
    const { channels } = page();
    heardBy(page().channels, 'all');
    channels.post('all', { head: '{}', body: new TextEncoder().encode('for nobody else') });
    await settled();
    expect(table.values.size).toBe(0);
    expect(table.written.join()).not.toContain('nobody');
  });

  it('that a crash left there is removed by the next who listens', () => {
    table.values.set('parley-bus/all x', 'left');
    heardBy(page().channels, 'all');
    expect(table.values.size).toBe(0);
  });

  it('that cannot be written is not heard in the own page either', async () => {
    const { channels, storage } = page();
    const heard = heardBy(channels, 'all');
    storage.isFull = true;
    channels.post('all', { head: '{}' });
    storage.isFull = false;
    channels.post('all', { head: '{}', body: new Uint8Array(3_000_000) });
    await settled();
    expect(heard).toEqual([]);
  });

  it('of somebody else who uses the same key is not taken for one', async () => {
    const heard = heardBy(page().channels, 'all');
    const stranger = page().storage;
    ['', 'x', '[1]', '{"head":"{}"}', '[1,"{}","*"]', 'null'].forEach((value) => {
      stranger.setItem('parley-bus/all x', value);
    });
    await settled();
    expect(heard).toEqual([]);
  });
});
