import { DeskConversation } from '../../src/desk/index.ts';
import type { Client, ConversationHandle } from '../../src/index.ts';
import { Announcer } from './announcer.ts';
import { Attention } from './attention.ts';
import { Composer } from './composer.ts';
import { ConnectionStatus } from './connection-status.ts';
import { element, setText } from './element.ts';
import { MessageList } from './message-list.ts';
import { PinnedBar } from './pinned-bar.ts';
import { ProblemLine } from './problem-line.ts';
import { ReadMarker } from './read-marker.ts';
import { Stored } from './stored.ts';
import { isEscape } from './submit-key.ts';
import { isStaff } from './timeline.ts';
import { TopicBar } from './topic-bar.ts';
import { UnsentList } from './unsent-list.ts';
import { openChatWords, supportWords, words } from './words.ts';

/** Where the panel is as large as the screen, it covers the page: it stays closed until it is asked for. */
const SMALL_SCREEN = '(max-width: 640px)';

/** The chat in the corner of a page: a round button, and the panel that it opens. */
export class ChatWidget {
  readonly root: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly launcher: HTMLButtonElement;
  private readonly unread = element('span', { class: 'launcher-unread', 'data-testid': 'unread' });
  private readonly messages: MessageList;
  private readonly composer: Composer;
  private readonly readMarker: ReadMarker;
  private readonly closed = element(
    'p',
    { class: 'closed-line', role: 'status', 'data-testid': 'closed' },
    words.closedLine,
  );
  private readonly support = element('p', {
    class: 'support-line',
    role: 'status',
    'data-testid': 'support',
  });
  private readonly attention: Attention;
  private readonly choice = new Stored(() => sessionStorage, 'parley-demo-chat');

  constructor(
    client: Client,
    private readonly conversation: ConversationHandle,
    name: string,
    /** What else the visitor may do. */
    tools: readonly HTMLElement[],
  ) {
    const { signal } = new AbortController();
    const announcer = new Announcer();
    this.messages = new MessageList(
      {
        conversation,
        announcer,
        self: () => client.author,
        emptyWords: words.greeting,
      },
      signal,
    );
    const send = (text: string): void => {
      conversation.send(text);
    };
    this.composer = new Composer({
      id: 'composer',
      label: words.yourMessage,
      placeholder: words.writeMessage,
      button: words.send,
      sendsOnEnter: true,
      submit: send,
    });
    const unsent = new UnsentList(
      { conversation, againWords: words.againAsMessage, again: send, isShownElsewhere: () => false },
      signal,
    );
    const close = element(
      'button',
      { type: 'button', class: 'close', 'aria-label': words.closeChat, 'data-testid': 'chat-close' },
      '×',
    );
    this.panel = element(
      'section',
      { id: 'chat', class: 'chat', 'aria-labelledby': 'chat-title', 'data-testid': 'chat' },
      element(
        'header',
        { class: 'chat-head' },
        element(
          'div',
          {},
          element('h2', { id: 'chat-title' }, words.chatWithUs),
          element('p', { class: 'chat-name' }, words.youAre, element('bdi', { 'data-testid': 'visitor-name' }, name)),
          element('p', { class: 'chat-tools' }, ...tools),
        ),
        close,
      ),
      new ConnectionStatus(client).root,
      new ProblemLine(conversation, signal).root,
      new TopicBar(conversation, false, signal).root,
      new PinnedBar(new DeskConversation(conversation), false, signal).root,
      this.messages.root,
      this.support,
      this.closed,
      unsent.root,
      this.composer.root,
    );
    this.launcher = element(
      'button',
      { type: 'button', class: 'launcher', 'aria-controls': 'chat', 'data-testid': 'launcher' },
      element('span', { class: 'launcher-state', 'aria-hidden': 'true' }),
      element('span', {}, words.chat),
      this.unread,
    );
    this.root = element('div', { class: 'widget' }, this.panel, this.launcher, announcer.root);
    this.attention = new Attention({ conversation, root: this.panel, isShown: () => !this.panel.hidden }, signal);
    conversation.on('peers', () => {
      this.drawSupport();
    });
    this.drawSupport();
    this.readMarker = new ReadMarker(
      conversation,
      () => !this.panel.hidden && this.messages.showsEnd,
      () => {
        this.drawUnread();
      },
      signal,
    );
    close.addEventListener('click', () => {
      this.close();
    });
    this.launcher.addEventListener('click', () => {
      this.open();
    });
    this.panel.addEventListener('keydown', (event) => {
      if (isEscape(event)) {
        this.close();
      }
    });
    conversation.on('update', () => {
      this.drawUnread();
    });
    client.on('state', () => {
      this.drawState(client);
    });
    this.drawState(client);
    const isOpen = this.choice.get() ?? (matchMedia(SMALL_SCREEN).matches ? 'closed' : 'open');
    this.show(isOpen === 'open');
  }

  /** Opens the chat, with a text to begin with where nothing is written yet. */
  open(text = ''): void {
    this.choice.set('open');
    this.show(true);
    const { field } = this.composer;
    if (field.value === '') {
      field.value = text;
    }
    field.focus();
    this.messages.showEnd();
    this.readMarker.look();
  }

  private close(): void {
    this.choice.set('closed');
    this.show(false);
    this.launcher.focus();
  }

  private show(isOpen: boolean): void {
    this.panel.hidden = !isOpen;
    this.launcher.hidden = isOpen;
    this.launcher.setAttribute('aria-expanded', String(isOpen));
    document.documentElement.classList.toggle('chat-open', isOpen);
    this.attention.tell();
    this.drawUnread();
  }

  /** Who answers is nobody's name to a visitor: whether somebody does, and writes what everybody may read. */
  private drawSupport(): void {
    const [somebody] = this.conversation.peers().filter(({ author }) => isStaff(author));
    setText(this.support, supportWords(somebody !== undefined, somebody?.typing !== undefined));
    this.support.hidden = somebody === undefined;
  }

  /** The panel has it in words; the button shows at least that something is wrong. */
  private drawState({ state }: Client): void {
    this.launcher.dataset['state'] = state.name;
  }

  private drawUnread(): void {
    const count = this.conversation.unread();
    this.closed.hidden = this.conversation.attributes().get('state') !== 'closed';
    setText(this.unread, count === 0 ? '' : String(count));
    this.unread.hidden = count === 0;
    this.launcher.setAttribute('aria-label', openChatWords(count));
  }
}
