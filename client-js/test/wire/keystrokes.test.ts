import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hex } from '../../src/bytes.ts';
import { Entries, Entry, type Keystrokes, decode, encode, unpacked } from '../../src/wire/wire.ts';
import { bytesOf } from '../fixture/readable.ts';

interface Vector {
  readonly frame: string;
  readonly entries: readonly string[];
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/keystrokes.json', import.meta.url), 'utf8'),
) as Vector[];

function entriesOf(frame: Entries): string[] {
  const { entries } = unpacked({ entries: frame });
  return entries?.entries.map((entry) => hex(encode(Entry, entry))) ?? [];
}

describe('keystrokes', () => {
  it.each(VECTORS.map(({ frame, entries }, index) => [index, frame, entries] as const))(
    'are the entries that Java made them of: frame %i',
    (_, frame, entries) => {
      expect(entriesOf(decode(Entries, bytesOf(frame)))).toEqual(entries);
    },
  );

  it('are the same in the answer to an open', () => {
    const { frame, entries } = VECTORS[VECTORS.length - 1]!;
    const opened = { handle: 1, conversation: 'c-1', name: '', view: 'STAFF', outboxes: [] } as const;
    const answer = unpacked({ opened: { ...opened, entries: decode(Entries, bytesOf(frame)) } });
    expect(answer.opened?.entries?.keystrokes).toBeUndefined();
    expect(answer.opened?.entries?.entries.map((entry) => hex(encode(Entry, entry)))).toEqual(entries);
  });

  it('are some, and not all there is', () => {
    const frames = VECTORS.map(({ frame }) => decode(Entries, bytesOf(frame)));
    expect(frames.some(({ keystrokes }) => keystrokes === undefined)).toBe(true);
    expect(frames.filter(({ keystrokes }) => keystrokes).length).toBeGreaterThan(20);
  });

  it('like no edit are refused', () => {
    const good = VECTORS.map(({ frame }) => decode(Entries, bytesOf(frame))).find(({ keystrokes }) => keystrokes)!;
    const keystrokes = good.keystrokes!;
    const refused = (changed: Partial<Keystrokes>, entries = good.entries) => {
      expect(() => unpacked({ entries: { ...good, entries, keystrokes: { ...keystrokes, ...changed } } })).toThrow();
    };
    refused({}, []);
    refused(
      {},
      good.entries.map((entry) => ({ ...entry, effects: [] })),
    );
    refused({ likes: [good.entries.length] });
  });
});
