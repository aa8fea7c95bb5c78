/** Which conversation: a visitor's own by name ("chat" if empty), any other by its id. */
export type ConversationTarget = { readonly name: string } | { readonly id: string };

/** The same key for the same target. */
export function keyOf(target: ConversationTarget): string {
  return 'id' in target ? `id:${target.id}` : `name:${target.name}`;
}

/** The target that has the key. */
export function targetOf(key: string): ConversationTarget {
  return key.startsWith('id:') ? { id: key.slice('id:'.length) } : { name: key.slice('name:'.length) };
}

/** The name of a visitor's conversation that was not given one. */
export const DEFAULT_NAME = 'chat';

/** Whether a frame of the gateway is about the target. */
export function isAbout(target: ConversationTarget, frame: { conversation: string; name: string }): boolean {
  return 'id' in target ? target.id === frame.conversation : target.name === (frame.name || DEFAULT_NAME);
}
