import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Replica } from '../../src/conversation/replica.ts';
import type { Schedule } from '../fixture/schedule.ts';
import { ScheduledPlay } from '../fixture/scheduled-play.ts';
import { Entry, type View, decode } from '../../src/wire/wire.ts';

const SCHEDULES = new URL('../../../protocol/target/vectors/schedule.jsonl', import.meta.url);
const LOGS = new URL('../../../protocol/target/vectors/conversation-log.jsonl', import.meta.url);
const NOBODY = { subject: '', role: 'ROLE_UNSPECIFIED', name: '' } as const;

interface Log {
  readonly view: View;
  readonly entries: readonly string[];
  readonly states: readonly string[];
}

it("replicas that are fed the last Java test run's logs are byte-equal after every entry", () => {
  const [about, ...lines] = readFileSync(LOGS, 'utf8').trimEnd().split('\n');
  const { seed, cases } = JSON.parse(about ?? '') as { seed: string; cases: number };
  expect(lines).toHaveLength(cases);
  expect(cases).toBeGreaterThanOrEqual(10_000);
  lines.forEach((line, i) => {
    const { states, shown } = replayed(JSON.parse(line) as Log);
    expect(shown, `log ${i} of -Dparley.seed=${seed}`).toEqual(states);
  });
});

it("replicas play the last Java test run's schedules", () => {
  const lines = readFileSync(SCHEDULES, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(100);
  for (const [i, line] of lines.entries()) {
    try {
      new ScheduledPlay(JSON.parse(line) as Schedule, i).run();
    } catch (error) {
      throw new Error(`schedule ${i}`, { cause: error });
    }
  }
});

function replayed({ view, entries, states }: Log): { states: readonly string[]; shown: readonly string[] } {
  const replica = new Replica({ outbox: 'box', self: NOBODY });
  replica.confirmed.view = view;
  const shown = entries.map((bytes) => {
    const entry = decode(Entry, Buffer.from(bytes, 'hex'));
    const to = { revision: entry.revision, head: new Uint8Array(8) };
    replica.receive({ handle: 1, from: entry.revision - 1, to, entries: [entry], hashes: [] });
    return createHash('sha256').update(replica.confirmed.canonical()).digest('hex').slice(0, 16);
  });
  return { states, shown };
}
