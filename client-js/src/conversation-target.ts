/**
 * Which conversation: a visitor's own by name ("chat" if empty), an article of the tenant by its name (for staff, and created
 * by the first who opens it), any other by its id.
 */
export type ConversationTarget = { readonly name: string } | { readonly article: string } | { readonly id: string };

/** The same key for the same target. */
export function keyOf(target: ConversationTarget): string {
  return 'id' in target ? `id:${target.id}` : 'article' in target ? `article:${target.article}` : `name:${target.name}`;
}

/** The target that has the key. */
export function targetOf(key: string): ConversationTarget {
  const value = key.slice(key.indexOf(':') + 1);
  return key.startsWith('id:') ? { id: value } : key.startsWith('article:') ? { article: value } : { name: value };
}

/** What names the target in an Open. */
export function namedBy(target: ConversationTarget): {
  readonly conversation: string;
  readonly name: string;
  readonly kind: string;
} {
  return {
    conversation: 'id' in target ? target.id : '',
    name: 'name' in target ? target.name : 'article' in target ? target.article : '',
    kind: 'article' in target ? 'ARTICLE' : '',
  };
}

/** The name of a visitor's conversation that was not given one. */
export const DEFAULT_NAME = 'chat';

/** Whether a frame of the gateway is about the target. */
export function isAbout(target: ConversationTarget, frame: { conversation: string; name: string }): boolean {
  if ('id' in target) {
    return target.id === frame.conversation;
  }
  return ('article' in target ? target.article : target.name) === (frame.name || DEFAULT_NAME);
}
