/** Which conversation: a visitor's own by name ("chat" if empty), any other by its id. */
export type ConversationTarget = { readonly name: string } | { readonly id: string };

/** The same key for the same target. */
export function keyOf(target: ConversationTarget): string {
  return 'id' in target ? `id:${target.id}` : `name:${target.name}`;
}
