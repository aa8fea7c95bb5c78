export { createClient, Client } from './client.ts';
export type { ClientEvents, ClientOptions, ClientStats } from './client.ts';
export type { Clock } from './clock.ts';
export type { ConnectionState } from './connection.ts';
export type {
  ConversationEvents,
  ConversationHandle,
  Message,
  MessageStatus,
  NewBlock,
  Sending,
} from './conversation-handle.ts';
export type { ConversationTarget } from './conversation-target.ts';
export type { Unsent, UnsentCode } from './conversation/pending.ts';
export type { Change } from './conversation/replica.ts';
export type { Block } from './conversation/state.ts';
export { bindText } from './editor/text-binding.ts';
export type { TextBindingOptions, TextField } from './editor/text-binding.ts';
export type { Environment } from './environment.ts';
export { ParleyError } from './errors.ts';
export type { ParleyErrorCode } from './errors.ts';
export type { InboxEvents, InboxHandle } from './inbox.ts';
export { diff } from './ot/diff.ts';
export { codePointsBefore, indexAfter } from './ot/text.ts';
export type { Activity, Peer, TextCursor } from './presence/conversation-presence.ts';
export { EditError, apply, compose, invert, textEdit, transform, transformCursor } from './ot/text-edit.ts';
export type { Side, TextEdit } from './ot/text-edit.ts';
export type { Random } from './random.ts';
export type { Rung, TabsOption } from './tabs/rung.ts';
export type { Fetch } from './transport/event-stream-socket.ts';
export type { WebSocketConstructor, WebSocketLike } from './transport/socket.ts';
export type { TransportName } from './transport/transport-choice.ts';
export type { Author, BlockKind, ConversationSummary, Limits, Role, View } from './wire/wire.ts';
