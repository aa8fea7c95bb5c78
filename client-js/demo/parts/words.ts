// All that the pages say, apart from their HTML.

import type { Author, ConnectionState, MessageStatus, ParleyErrorCode, Role, UnsentCode } from '../../src/index.ts';

/** Of headings, fields and buttons. */
export const words = {
  conversation: 'Conversation',
  conversations: 'Conversations',
  moveDown: 'Move down',
  moveUp: 'Move up',
  noConversations: 'No conversations yet. Open the visitor page in another tab.',
  noMessages: 'No messages yet',
  nobodyOnTheSite: 'Nobody is on the site.',
  onTheSite: 'On the site',
  showMore: 'Show more',
  take: 'Take',
  unread: 'unread',
  waiting: 'Waiting',
  you: 'you',
  youHaveIt: 'You have it',
} as const;

export const STATUS: Readonly<Record<MessageStatus, string>> = {
  saving: 'Saving',
  saved: 'Saved',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
};

export const STATUS_EXPLAINED: Readonly<Record<MessageStatus, string>> = {
  saving: 'Being saved on this device',
  saved: 'Saved on this device, goes out as soon as there is a connection',
  sent: 'Sent: it is in the conversation',
  delivered: 'Delivered to the other side',
  read: 'Read by the other side',
};

const OFFLINE = 'Offline – what you write is saved.';

const UNSENT: Partial<Record<UnsentCode, string>> = {
  FORBIDDEN: 'This is not allowed (any more).',
  UNKNOWN_BLOCK: 'What this belongs to is not in the conversation.',
  BLOCK_PUBLISHED: 'The draft was sent while you were writing in it. This part is not in the message:',
  CHANGED: 'A colleague changed the draft. Look it over, then send again.',
  TOO_LARGE: 'This is too long.',
  BLOCK_ERASED: 'The message was removed for good while you were writing. You wrote:',
  BLOCK_MERGED: 'The message was joined with another one meanwhile.',
  BLOCK_RECALLED: 'The message was recalled meanwhile.',
  FENCED: 'Somebody took the draft over from the assistant.',
  STALE: 'What this would change is gone.',
  ANSWERED: 'A colleague answered meanwhile.',
  CONVERSATION_FULL: 'This conversation is full. Begin a new one.',
  MAYBE_SENT: 'The connection broke while this was on its way: it may have arrived. Look above before you try again.',
  BASE_LOST: 'The conversation went on too far while you were away, so this found no place in it:',
};

const ERRORS: Partial<Record<ParleyErrorCode, string>> = {
  ...UNSENT,
  ILL_FORMED_TEXT: 'This text contains a broken character.',
  NOT_SAVED: 'This device cannot store what you write. Keep the page open until it is sent.',
  OPEN_FORBIDDEN: 'There is no such conversation, or it is not yours to see.',
  OPEN_UNAVAILABLE: 'The conversation is not available right now. Trying again …',
  OPEN_QUARANTINED: 'This conversation is damaged. The operator has to look at it.',
  DIVERGED: 'This page was out of step and has loaded the conversation again.',
  UPGRADE: 'There is a newer version of this page: reload it.',
  SUPERSEDED: 'This page was replaced by a newer one.',
  UNAUTHENTICATED: 'The sign-in was not accepted.',
};

export function unsentWords(code: UnsentCode): string {
  return UNSENT[code] ?? `The gateway did not take this (${code}).`;
}

export function errorWords(code: ParleyErrorCode): string {
  return ERRORS[code] ?? `Something went wrong (${code}).`;
}

/** How the connection is, in words that stay the same while it is tried again and again. */
export function connectionWords(state: ConnectionState, wasLive: boolean): string {
  switch (state.name) {
    case 'idle':
      return 'Not connected';
    case 'connecting':
      return wasLive ? OFFLINE : 'Connecting …';
    case 'syncing':
      return 'Catching up …';
    case 'live':
      return 'Live';
    case 'waiting':
      return state.reason === 'suspended' ? 'Paused' : OFFLINE;
    case 'closed':
      return `Disconnected. ${state.reason === 'CLOSED' ? '' : errorWords(state.reason)}`.trim();
  }
}

/** What comes next, where that changes by the second; otherwise nothing. */
export function retryWords(state: ConnectionState, wasLive: boolean): string {
  if (state.name === 'connecting' && wasLive) {
    return 'Reconnecting …';
  }
  if (state.name === 'waiting' && state.reason !== 'suspended') {
    return `Reconnecting in ${Math.max(0, Math.ceil((state.retryAtMillis - Date.now()) / 1000))} s`;
  }
  return '';
}

const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndTime = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** The time alone if it is of today. */
export function timeWords(millis: number): string {
  const isToday = new Date(millis).toDateString() === new Date().toDateString();
  return (isToday ? time : dayAndTime).format(millis);
}

export const SOURCES: Readonly<Record<'HUMAN' | 'AI' | 'BACKEND', string>> = {
  HUMAN: 'by hand',
  AI: 'written by AI',
  BACKEND: 'by the shop system',
};

const ROLES: Partial<Record<Role, string>> = {
  VISITOR: 'visitor',
  AGENT: 'agent',
  ADMIN: 'admin',
  ASSISTANT: 'assistant',
  SERVICE: 'shop',
};

export function roleWords(role: Role): string {
  return ROLES[role] ?? '';
}

export function nameOf({ name, subject, role }: Author): string {
  return `${name || subject}${role === 'ASSISTANT' ? ' (AI)' : ''}`;
}

/** Of somebody who looks at a conversation. */
export function peerWords(author: Author): string {
  return `${nameOf(author)} (${roleWords(author.role)}) is here`;
}

/** Nothing while nobody types. */
export function typingWords(authors: readonly Author[]): string {
  const names = authors.map(nameOf);
  const last = names.pop();
  if (last === undefined) {
    return '';
  }
  return names.length === 0 ? `${last} is typing …` : `${names.join(', ')} and ${last} are typing …`;
}

/** What a visitor is told of whoever answers. */
export function supportWords(isHere: boolean, isTyping: boolean): string {
  if (!isHere) {
    return '';
  }
  return isTyping ? 'Support is typing …' : 'Support is here';
}

/** `name`: of the colleague who has a conversation; empty: nobody. */
export function assigneeWords(name: string): string {
  return name === '' ? 'Nobody has it' : `${name} has it`;
}

export function waitingWords(count: number): string {
  return `${words.waiting} (${count})`;
}

const STATES: Readonly<Record<string, string>> = { open: 'open', closed: 'closed' };

export function stateWords(state: string): string {
  return STATES[state] ?? state;
}
