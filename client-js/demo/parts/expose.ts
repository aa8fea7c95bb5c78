import type { Client, ConversationHandle } from '../../src/index.ts';

/** What browser tests, and curious people at the console, get hold of. */
export interface Exposed {
  readonly client: Client;
  readonly conversation: ConversationHandle | undefined;
}

declare global {
  interface Window {
    parleyDemo?: Exposed;
  }
}

export function expose(exposed: Exposed): void {
  window.parleyDemo = exposed;
}
