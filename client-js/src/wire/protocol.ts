export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = 'parley.v1';
