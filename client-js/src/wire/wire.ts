// What the rest of the client uses of the wire: the messages and how they become bytes.

export { CodecError, type CodecErrorCode, type Init, MESSAGE_BYTES_MAX, decode, encode } from './codec.ts';
export { unpacked } from './keystrokes.ts';
export * from './schema.ts';
