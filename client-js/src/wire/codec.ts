// Protocol buffers, as far as the schema of Parley needs them: table driven, the tables are in schema.ts.
//
// 64-bit numbers are JavaScript numbers, and one that would lose digits is an error. Enums are their names; a value this
// client does not know is the first one, which every enum of the schema keeps for "unspecified". Unknown fields are skipped.

import { isWellFormed } from '../ot/text.ts';

/** The wire types of the scalars that the schema uses. */
export type Scalar = 'uint32' | 'uint64' | 'sint32' | 'bool' | 'string' | 'bytes';

type FieldType = Scalar | readonly string[] | MessageType<object>;

/** Number, name, type (an array holds the names of an enum), how often, and whether it belongs to the message's oneof. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  readonly repeated: boolean;
  readonly oneof: boolean;
}

/** The table of one message. The type parameter is what it decodes to. */
export interface MessageType<T extends object> {
  readonly fields: readonly Field[];
  /** Never present: ties the table to its TypeScript type. */
  readonly decodesTo?: T;
}

/** What encoding takes: fields that are left out have their default. */
export type Init<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? readonly Init<E>[]
    : T extends object
      ? { readonly [K in keyof T]?: Init<T[K]> | undefined }
      : T;

/**
 * The table of a message from one line, since tables are most of what the schema would weigh: a word a field, in the order of
 * their numbers, `name:type*?=number`. The type is a scalar (none: string) or an index of `references`; `*`: repeated, `?`: in
 * the oneof; the number where it does not follow the one before.
 */
export function message<T extends object>(
  line: string,
  ...references: readonly (readonly string[] | MessageType<object>)[]
): MessageType<T> {
  let last = 0;
  const words = line.matchAll(/(\w+)(?::(\w*)([*?]*))?(?:=(\d+))?/g);
  const fields = Array.from(words, ([, name = '', type = '', marks = '', number]): Field => {
    last = Number(number ?? last + 1);
    return {
      number: last,
      name,
      type: references[parseInt(type)] ?? ((type === '' ? 'string' : type) as Scalar),
      repeated: marks.includes('*'),
      oneof: marks.includes('?'),
    };
  });
  return { fields };
}

export type CodecErrorCode = 'TRUNCATED' | 'MALFORMED' | 'TOO_LARGE' | 'UNSAFE_INTEGER' | 'ILL_FORMED_TEXT';

/** The only error that encoding and decoding throw. */
export class CodecError extends Error {
  override readonly name = 'CodecError';

  constructor(readonly code: CodecErrorCode) {
    super(code);
  }
}

/** No gateway sends more in one message. */
export const MESSAGE_BYTES_MAX = 64 << 20;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const VARINT_BYTES_MAX = 10;

type Message = Record<string, unknown>;

export function encode<T extends object>(type: MessageType<T>, message: Init<T>): Uint8Array {
  const writer = new Writer();
  writeMessage(writer, type, message);
  return writer.bytes();
}

export function decode<T extends object>(type: MessageType<T>, bytes: Uint8Array): T {
  if (bytes.length > MESSAGE_BYTES_MAX) {
    throw new CodecError('TOO_LARGE');
  }
  return readMessage(new Reader(bytes), bytes.length, type, undefined) as T;
}

function writeMessage(writer: Writer, type: MessageType<object>, message: object): void {
  for (const field of type.fields) {
    const value = (message as Message)[field.name];
    if (value === undefined) {
      continue;
    }
    if (!field.repeated) {
      writeField(writer, field, value, isMessage(field.type));
    } else if (isPacked(field)) {
      writePacked(writer, field, value as readonly unknown[]);
    } else {
      for (const element of value as readonly unknown[]) {
        writeField(writer, field, element, true);
      }
    }
  }
}

function writeField(writer: Writer, field: Field, value: unknown, evenDefault: boolean): void {
  if (!evenDefault && isDefault(field, value)) {
    return;
  }
  writer.uint(field.number * 8 + wireType(field));
  writeValue(writer, field, value);
}

function writePacked(writer: Writer, field: Field, values: readonly unknown[]): void {
  if (values.length === 0) {
    return;
  }
  writer.uint(field.number * 8 + DELIMITED);
  writer.delimited(() => {
    for (const value of values) {
      writeValue(writer, field, value);
    }
  });
}

function writeValue(writer: Writer, { type }: Field, value: unknown): void {
  if (isMessage(type)) {
    writer.delimited(() => {
      writeMessage(writer, type, value as object);
    });
  } else if (isEnum(type)) {
    writer.uint(type.indexOf(value as string));
  } else if (type === 'string') {
    if (!isWellFormed(value as string)) {
      throw new CodecError('ILL_FORMED_TEXT');
    }
    writer.raw(new TextEncoder().encode(value as string));
  } else if (type === 'bytes') {
    writer.raw(value as Uint8Array);
  } else if (type === 'bool') {
    writer.uint(value ? 1 : 0);
  } else if (type === 'sint32') {
    writer.uint((((value as number) << 1) ^ ((value as number) >> 31)) >>> 0);
  } else {
    writer.uint(value as number);
  }
}

function readMessage(reader: Reader, end: number, type: MessageType<object>, into: Message | undefined): Message {
  const message = into ?? defaults(type);
  while (reader.position < end) {
    const tag = reader.uint32(end);
    const wire = tag & 7;
    const number = tag >>> 3;
    if (number === 0) {
      throw new CodecError('MALFORMED');
    }
    const field = type.fields.find((candidate) => candidate.number === number);
    if (field !== undefined && wire === wireType(field)) {
      readField(reader, end, type, field, message);
    } else if (field?.repeated && isPacked(field) && wire === DELIMITED) {
      const packedEnd = reader.delimited(end);
      while (reader.position < packedEnd) {
        (message[field.name] as unknown[]).push(readValue(reader, packedEnd, field, undefined));
      }
    } else {
      skip(reader, end, wire);
    }
  }
  return message;
}

function readField(reader: Reader, end: number, type: MessageType<object>, field: Field, message: Message): void {
  if (field.repeated) {
    (message[field.name] as unknown[]).push(readValue(reader, end, field, undefined));
    return;
  }
  const before = message[field.name];
  if (field.oneof && before === undefined) {
    for (const other of type.fields) {
      if (other.oneof) {
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the last member of a oneof wins
        delete message[other.name];
      }
    }
  }
  message[field.name] = readValue(reader, end, field, before as Message | undefined);
}

function readValue(reader: Reader, end: number, { type }: Field, before: Message | undefined): unknown {
  if (isMessage(type)) {
    return readMessage(reader, reader.delimited(end), type, before);
  }
  if (isEnum(type)) {
    return type[reader.uint32(end)] ?? type[0];
  }
  switch (type) {
    case 'string':
      return reader.text(end);
    case 'bytes':
      return reader.raw(end).slice();
    case 'bool':
      return reader.uint64(end) !== 0;
    case 'uint64':
      return safe(reader.uint64(end));
    case 'uint32':
      return reader.uint32(end);
    case 'sint32': {
      const zigzag = reader.uint32(end);
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }
  }
}

function skip(reader: Reader, end: number, wire: number): void {
  switch (wire) {
    case VARINT:
      reader.uint64(end);
      break;
    case FIXED64:
      reader.advance(8, end);
      break;
    case DELIMITED:
      reader.advance(reader.uint32(end), end);
      break;
    case FIXED32:
      reader.advance(4, end);
      break;
    default:
      throw new CodecError('MALFORMED');
  }
}

function defaults(type: MessageType<object>): Message {
  const message: Message = {};
  for (const field of type.fields) {
    if (field.repeated) {
      message[field.name] = [];
    } else if (!isMessage(field.type) && !field.oneof) {
      message[field.name] = defaultOf(field);
    }
  }
  return message;
}

function defaultOf({ type }: Field): unknown {
  if (typeof type !== 'string') {
    return (type as readonly string[])[0];
  }
  switch (type) {
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'bool':
      return false;
    default:
      return 0;
  }
}

function isDefault(field: Field, value: unknown): boolean {
  return field.type === 'bytes' ? (value as Uint8Array).length === 0 : value === defaultOf(field);
}

function wireType({ type }: Field): number {
  return isMessage(type) || type === 'string' || type === 'bytes' ? DELIMITED : VARINT;
}

function isPacked(field: Field): boolean {
  return wireType(field) === VARINT;
}

function isEnum(type: Field['type']): type is readonly string[] {
  return Array.isArray(type);
}

function isMessage(type: Field['type']): type is MessageType<object> {
  return typeof type === 'object' && !isEnum(type);
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CodecError('UNSAFE_INTEGER');
  }
  return value;
}

/** A buffer that grows. */
class Writer {
  private buffer = new Uint8Array(256);
  private length = 0;

  uint(value: number): void {
    this.reserve(VARINT_BYTES_MAX);
    let rest = safe(value);
    while (rest > 127) {
      this.buffer[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes what `content` writes, with its length in front. */
  delimited(content: () => void): void {
    const start = this.length;
    content();
    const length = this.length - start;
    this.uint(length);
    const prefix = this.buffer.slice(start + length, this.length);
    this.buffer.copyWithin(start + prefix.length, start, start + length);
    this.buffer.set(prefix, start);
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more > this.buffer.length) {
      const larger = new Uint8Array(2 * (this.length + more));
      larger.set(this.buffer);
      this.buffer = larger;
    }
  }
}

/** A place in the bytes; each read is bounded by the end of the message it belongs to. */
class Reader {
  position = 0;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(private readonly buffer: Uint8Array) {}

  /** The low 32 bits of a varint, as protocol buffers define it for narrower types. */
  uint32(end: number): number {
    let value = 0;
    for (let shift = 0; shift < 7 * VARINT_BYTES_MAX; shift += 7) {
      const byte = this.byte(end);
      if (shift < 32) {
        value |= (byte & 127) << shift;
      }
      if (byte < 128) {
        return value >>> 0;
      }
    }
    throw new CodecError('MALFORMED');
  }

  /** A varint; from 2^53 on the value is not exact, and only good for telling that. */
  uint64(end: number): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const byte = this.byte(end);
      value += (byte & 127) * weight;
      if (byte < 128) {
        return value;
      }
      weight *= 128;
    }
    throw new CodecError('MALFORMED');
  }

  text(end: number): string {
    try {
      return this.decoder.decode(this.raw(end));
    } catch (error) {
      throw error instanceof CodecError ? error : new CodecError('ILL_FORMED_TEXT');
    }
  }

  raw(end: number): Uint8Array {
    const to = this.delimited(end);
    const bytes = this.buffer.subarray(this.position, to);
    this.position = to;
    return bytes;
  }

  /** Reads a length and returns where what it measures ends. */
  delimited(end: number): number {
    const length = this.uint32(end);
    if (length > end - this.position) {
      throw new CodecError('TRUNCATED');
    }
    return this.position + length;
  }

  advance(length: number, end: number): void {
    if (length > end - this.position) {
      throw new CodecError('TRUNCATED');
    }
    this.position += length;
  }

  private byte(end: number): number {
    if (this.position >= end) {
      throw new CodecError('TRUNCATED');
    }
    return this.buffer[this.position++] ?? 0;
  }
}
