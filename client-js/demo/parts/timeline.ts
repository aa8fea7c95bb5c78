import type { Author, Block, ConversationHandle, Message } from '../../src/index.ts';

/** Messages, and for staff the internal notes between them, in the order of display. */
export function timelineOf(conversation: ConversationHandle, self: Author): Message[] {
  const messages = new Map(conversation.messages().map((message) => [message.id, message]));
  return conversation
    .blocks()
    .flatMap(
      (block) => messages.get(block.id) ?? (block.kind === 'NOTE' && block.mergedInto === '' ? note(block, self) : []),
    );
}

function note(block: Block, self: Author): Message {
  return { ...block, isOwn: block.author.subject === self.subject, status: undefined };
}

export function isRecalled({ attributes }: Block): boolean {
  return attributes.has('recalled');
}

export function isStaff({ role }: Author): boolean {
  return role !== 'VISITOR';
}

/** How long visitors can change what they wrote, by the gateway's rules. */
const EDIT_WINDOW_MILLIS = 15 * 60_000;

export function isFresh({ timeMillis }: Block): boolean {
  return timeMillis === 0 || Date.now() - timeMillis < EDIT_WINDOW_MILLIS;
}
