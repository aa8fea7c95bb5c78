import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { hex } from '../../src/bytes.ts';
import { CodecError, type Field, type MessageType, decode, encode } from '../../src/wire/codec.ts';
import { Block, ClientFrames, Effect, ServerFrames } from '../../src/wire/schema.ts';
import { bytesOf, readable, unreadable } from '../fixture/readable.ts';
import { text } from '../fixture/edits.ts';

interface Vector {
  readonly name: string;
  readonly type: 'ClientFrames' | 'ServerFrames';
  readonly bytes: string;
  readonly message?: Record<string, unknown>;
  readonly decodeOnly?: boolean;
  readonly error?: boolean;
}

const TYPES: Readonly<Record<Vector['type'], MessageType<object>>> = { ClientFrames, ServerFrames };
const VECTORS = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/frames.json', import.meta.url), 'utf8'),
) as Vector[];

describe('the schema', () => {
  it('is the one that the .proto files describe', () => {
    execFileSync('node', ['scripts/generate-schema.mjs', '--check'], { cwd: new URL('../..', import.meta.url) });
  });
});

describe('the frames that Java and JavaScript share', () => {
  it.each(VECTORS.filter(({ error }) => !error).map((vector) => [vector.name, vector] as const))(
    'are decoded: %s',
    (_, { type, bytes, message }) => {
      expect(readable(TYPES[type], decode(TYPES[type], bytesOf(bytes)))).toEqual(message);
    },
  );

  it.each(
    VECTORS.filter(({ decodeOnly, error }) => !decodeOnly && !error).map((vector) => [vector.name, vector] as const),
  )('are encoded: %s', (_, { type, bytes, message }) => {
    expect(hex(encode(TYPES[type], unreadable(TYPES[type], message ?? {})))).toBe(bytes);
  });

  it.each(VECTORS.filter(({ error }) => error).map((vector) => [vector.name, vector] as const))(
    'are refused: %s',
    (_, { type, bytes }) => {
      expect(() => decode(TYPES[type], bytesOf(bytes))).toThrow(CodecError);
    },
  );

  it('are some of each kind', () => {
    expect(VECTORS.length).toBeGreaterThan(20);
    expect(VECTORS.some(({ error }) => error)).toBe(true);
  });
});

describe('decoding', () => {
  it('throws nothing but its own error, wherever the bytes end', () => {
    for (const { type, bytes } of VECTORS) {
      const whole = bytesOf(bytes);
      for (let length = 0; length < whole.length; length++) {
        expectCodecErrorOnly(TYPES[type], whole.slice(0, length));
      }
    }
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expectCodecErrorOnly(ClientFrames, bytes);
        expectCodecErrorOnly(ServerFrames, bytes);
      }),
    );
    const vector = fc.constantFrom(...VECTORS.map(({ type, bytes }) => [type, bytesOf(bytes)] as const));
    fc.assert(
      fc.property(vector, fc.nat(), fc.nat(255), ([type, bytes], place, byte) => {
        const changed = bytes.slice();
        changed[place % Math.max(1, changed.length)] = byte;
        expectCodecErrorOnly(TYPES[type], changed);
      }),
    );
  });

  it('tells why', () => {
    const codeOf = (digits: string): string => {
      try {
        decode(ServerFrames, bytesOf(digits));
        return 'none';
      } catch (error) {
        return (error as CodecError).code;
      }
    };
    expect(codeOf('0a05')).toBe('TRUNCATED');
    expect(codeOf('0b')).toBe('MALFORMED');
    expect(codeOf('00')).toBe('MALFORMED');
    expect(codeOf('0affffffffffffffffffffff01')).toBe('MALFORMED');
    expect(codeOf('0a0c0a0a28ffffffffffffffff7f')).toBe('UNSAFE_INTEGER');
    expect(codeOf('0a050a031201ff')).toBe('ILL_FORMED_TEXT');
  });

  it('keeps a byte order mark, which is text like any other', () => {
    const { text: kept } = decode(Block, encode(Block, { text: '\ufeffx' }));
    expect(kept).toBe('\ufeffx');
  });

  it('keeps the last member of a oneof', () => {
    const both = new Uint8Array([
      ...encode(Effect, { create: { block: 'a' } }),
      ...encode(Effect, { set: { key: 'k' } }),
    ]);
    expect(decode(Effect, both)).toEqual({
      audience: 'VIEW_UNSPECIFIED',
      set: { target: '', key: 'k', value: '', advance: false },
    });
  });

  it('reads a value that this client does not know as unspecified', () => {
    expect(decode(Block, new Uint8Array([0x10, 0x63])).kind).toBe('BLOCK_KIND_UNSPECIFIED');
  });
});

describe('encoding', () => {
  it('refuses what would not arrive as it is', () => {
    expect(() => encode(Block, { text: '\ud83d' })).toThrow(new CodecError('ILL_FORMED_TEXT'));
    expect(() => encode(Block, { revision: 2 ** 53 })).toThrow(new CodecError('UNSAFE_INTEGER'));
    expect(() => encode(Block, { revision: -1 })).toThrow(new CodecError('UNSAFE_INTEGER'));
  });
});

describe('random messages', () => {
  const root = new protobuf.Root();
  for (const file of ['conversation', 'presence', 'frames']) {
    const url = new URL(`../../../protocol/src/main/proto/parley/v1/${file}.proto`, import.meta.url);
    protobuf.parse(readFileSync(url, 'utf8'), root);
  }

  it.each(['ClientFrames', 'ServerFrames'] as const)('are the same bytes as another library writes: %s', (name) => {
    const other = root.lookupType(`parley.v1.${name}`);
    fc.assert(
      fc.property(messageOf(TYPES[name]), (message) => {
        const bytes = encode(TYPES[name], message);
        expect(hex(bytes)).toBe(hex(other.encode(other.fromObject(message)).finish()));
        expect(decode(TYPES[name], bytes)).toEqual(
          decode(TYPES[name], encode(TYPES[name], decode(TYPES[name], bytes))),
        );
        expect(readable(TYPES[name], decode(TYPES[name], bytes))).toEqual(readable(TYPES[name], message));
      }),
      { numRuns: 300 },
    );
  });
});

function expectCodecErrorOnly(type: MessageType<object>, bytes: Uint8Array): void {
  try {
    decode(type, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
  }
}

/** Messages of a type, at most one member of each oneof. */
function messageOf(type: MessageType<object>): fc.Arbitrary<object> {
  const members = type.fields.filter(({ oneof }) => oneof);
  const plain = type.fields.filter(({ oneof }) => !oneof);
  const fields = fc.record(Object.fromEntries(plain.map((field) => [field.name, valueOf(field)])), {
    requiredKeys: [],
  });
  if (members.length === 0) {
    return fields;
  }
  const member = fc.oneof(...members.map((field) => elementOf(field).map((value) => ({ [field.name]: value }))));
  return fc.tuple(fields, member).map(([rest, one]) => ({ ...rest, ...one }));
}

function valueOf(field: Field): fc.Arbitrary<unknown> {
  return field.repeated ? fc.array(elementOf(field), { maxLength: 3 }) : elementOf(field);
}

function elementOf({ type }: Field): fc.Arbitrary<unknown> {
  if (Array.isArray(type)) {
    return fc.constantFrom(...(type as readonly string[]));
  }
  switch (type) {
    case 'string':
      return text(5);
    case 'bytes':
      return fc.uint8Array({ maxLength: 9 });
    case 'bool':
      return fc.boolean();
    case 'sint32':
      return fc.integer();
    case 'uint32':
      return fc.nat({ max: 2 ** 32 - 1 });
    case 'uint64':
      return fc.nat({ max: 2 ** 53 - 1 });
    default:
      return messageOf(type as MessageType<object>);
  }
}
