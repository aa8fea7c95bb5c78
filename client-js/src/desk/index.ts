export { DeskConversation } from './desk-conversation.ts';
export type { Suggestion } from './desk-conversation.ts';
export type { Place } from './placement.ts';
export { Site } from './site.ts';
export type { SiteEvents } from './site.ts';
export { bindUndo } from './undo-keys.ts';
