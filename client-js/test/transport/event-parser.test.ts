import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser } from '../../src/transport/event-parser.ts';

function parse(...pieces: Uint8Array[]): [string, string][] {
  const events: [string, string][] = [];
  const parser = new EventParser((name, data) => events.push([name, data]));
  pieces.forEach((piece) => {
    parser.push(piece);
  });
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('events', () => {
  it('have a name and data, or no name', () => {
    expect(parse(bytes('event: stream\ndata: abc\n\ndata: AAEC\n\n'))).toEqual([
      ['stream', 'abc'],
      ['', 'AAEC'],
    ]);
  });

  it('end at an empty line and not before', () => {
    expect(parse(bytes('data: 1\n'))).toEqual([]);
    expect(parse(bytes('data: 1\n\ndata: 2'))).toEqual([['', '1']]);
  });

  it('without data are none, and their name is not that of the next', () => {
    expect(parse(bytes('event: close\n\ndata: 1\n\n'))).toEqual([['', '1']]);
  });

  it('may have several lines of data, and fields that are not known', () => {
    expect(parse(bytes('id: 7\nretry: 1\ndata:a\ndata:  b\ndata\nnonsense\n\n'))).toEqual([['', 'a\n b\n']]);
  });

  it('are not comments', () => {
    expect(parse(bytes(`:${' '.repeat(2_048)}\n\n:\n\ndata: 1\n: 2\n\n`))).toEqual([['', '1']]);
  });

  it('may begin with a byte order mark', () => {
    expect(parse(bytes('\ufeffdata: 1\n\n'))).toEqual([['', '1']]);
  });

  it('are the same wherever their bytes are cut', () => {
    const line = fc.constantFrom('data: 1', 'data: 😀中', 'data:', 'data', 'event: close', ': comment', '', 'id: 3');
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, lineEnd), { maxLength: 20 }),
        fc.array(fc.nat({ max: 200 }), { maxLength: 30 }),
        (lines, cuts) => {
          const whole = bytes(lines.flat().join(''));
          const ends = [...cuts.filter((cut) => cut < whole.length), whole.length].sort((a, b) => a - b);
          const pieces = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
          const expected = parse(whole);
          expect(parse(...pieces)).toEqual(expected);
          expect(parse(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
        },
      ),
    );
  });
});
