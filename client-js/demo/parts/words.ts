// All that the pages say, apart from their HTML.

import type { Author, ConnectionState, MessageStatus, ParleyErrorCode, Role, UnsentCode } from '../../src/index.ts';

/** Of headings, fields and buttons. */
export const words = {
  accept: 'Accept',
  add: 'Add',
  addIntroduction: 'Add an introduction',
  addNote: 'Add note',
  addSection: 'Add a section',
  addTag: 'Add a tag',
  againAsMessage: 'Try again as new message',
  answerTemplates: 'Answer templates',
  areTemplates: ' answer templates',
  articles: 'Articles',
  askAssistant: 'Ask the assistant',
  askRedact: 'Remove the text for good, from every screen and from the log?',
  assistant: 'Assistant',
  assistantAway: 'The assistant cannot answer right now.',
  back: '‹ All',
  beSomebodyElse: 'Be another visitor',
  backToList: 'Back to the list',
  cancel: 'Cancel',
  chat: 'Chat',
  chatWithUs: 'Chat with us',
  close: 'Close',
  closeChat: 'Close the chat',
  closed: 'Closed',
  closedLine: 'This conversation is closed. Write to reopen it.',
  connectAgain: 'Connect again',
  conversation: 'Conversation',
  conversations: 'Conversations',
  dismiss: 'Dismiss',
  done: 'Done',
  edit: 'Edit',
  editMessage: 'Edit the message',
  edited: 'edited',
  greeting: 'Hello! Write to us: whoever is at the desk answers here.',
  howToSend: 'Ctrl+Enter or ⌘+Enter sends.',
  howToTakeOver: 'Esc or Ctrl+.',
  insteadOf: 'Instead of ',
  internalNote: 'Internal note',
  intoDraft: 'Put into a new draft',
  intoSection: 'Put into a new section',
  introduction: 'Introduction',
  introductionLabel: 'Introduction, which everybody sees',
  leave: 'Leave',
  loadOlder: 'Load older messages',
  loading: 'Loading …',
  merge: 'Merge with the one above',
  messages: 'Messages',
  more: 'More',
  moveDown: 'Move down',
  moveUp: 'Move up',
  newArticle: 'New article',
  newArticleTitle: 'Title of a new article',
  newMessages: 'New messages ↓',
  notifyMe: 'Tell me of answers',
  noConversations: 'No conversations yet. Open the visitor page in another tab.',
  noMessages: 'No messages yet',
  noMessagesYet: 'No messages yet.',
  noText: '(no text)',
  noVersions: 'It has no versions yet.',
  nobodyOnTheSite: 'Nobody is on the site.',
  notSent: 'Not sent',
  noteLabel: 'Internal note, which the visitor never sees',
  notePlaceholder: 'Only colleagues see this.',
  nothing: '(nothing)',
  onTheSite: 'On the site',
  openChat: 'Open the chat',
  pin: 'Pin',
  pinnedMessages: 'Pinned messages',
  react: 'React',
  reactions: 'Reactions',
  recall: 'Recall',
  recalled: 'This message was recalled.',
  redact: 'Remove for good',
  remove: 'Remove',
  removed: 'This message was removed.',
  reopen: 'Reopen',
  reply: 'Reply',
  replyLabel: 'Reply, shared with your colleagues',
  replyPlaceholder: 'Write a reply with your colleagues. / for templates.',
  restore: 'Restore',
  section: 'Section',
  sectionHint: 'The first line of a section is its heading.',
  send: 'Send',
  sending: 'Sending …',
  showMore: 'Show more',
  stale: 'what it would replace is gone',
  suggest: 'Suggest',
  suggestChange: 'Suggest a change',
  suggestionLabel: 'What it should say',
  suggests: ' suggests ',
  support: 'Support',
  tag: 'tag',
  tags: 'Tags',
  take: 'Take',
  takeOver: 'Take over',
  textChanged: 'The text changed meanwhile. Select again.',
  textRemoved: 'The text was removed for good.',
  throughTime: 'Through time',
  title: 'Title',
  unpin: 'Unpin',
  unread: 'unread',
  versions: 'Versions',
  versionsAway: 'The versions cannot be read right now.',
  visitor: 'Visitor',
  waiting: 'Waiting',
  whatToWrite: 'What to write',
  writeMessage: 'Write a message',
  you: 'you',
  youAre: 'You are ',
  youHaveIt: 'You have it',
  youRecalled: 'You recalled this message.',
  yourMessage: 'Your message',
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

export function openChatWords(unread: number): string {
  return unread === 0 ? words.openChat : `${words.openChat}, ${unread} ${words.unread}`;
}

export function removeTagWords(tag: string): string {
  return `Remove the tag ${tag}`;
}

/** `written`: how many characters the assistant has written. */
export function writingWords(written: number): string {
  return `The assistant is writing … ${written} characters. Esc takes over.`;
}

export function begunWords({ name, subject }: Author): string {
  return `Shared draft, begun by ${name || subject}`;
}

/** Who wrote a message or a note. */
export function authorWords(author: Author, isOwn: boolean, isNote: boolean): string {
  const name = author.name || (author.role === 'VISITOR' ? words.visitor : words.support);
  const shown = isOwn ? `${name} (${words.you})` : name;
  return isNote ? `${shown} · ${words.internalNote.toLowerCase()}` : shown;
}
