import type { DeskConversation } from '../../src/desk/index.ts';
import type { Client, ConversationHandle } from '../../src/index.ts';

/** What browser tests, and curious people at the console, get hold of. */
export interface Exposed {
  readonly client: Client;
  readonly conversation: ConversationHandle | undefined;
  /** At the desk: what staff do in the conversation. */
  readonly desk?: DeskConversation | undefined;
}

declare global {
  interface Window {
    parleyDemo?: Exposed;
  }
}

export function expose(exposed: Exposed): void {
  window.parleyDemo = exposed;
}
