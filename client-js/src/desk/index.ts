export { DeskConversation } from './desk-conversation.ts';
export type { Place, Suggestion } from './desk-conversation.ts';
