import { type Author, type ConversationHandle, type Message, ParleyError } from '../../src/index.ts';
import type { Announcer } from './announcer.ts';
import type { DeskTools } from './desk-tools.ts';
import { element, setChildren } from './element.ts';
import { MessageView } from './message-view.ts';
import { isRecalled, isStaff, timelineOf } from './timeline.ts';
import { words } from './words.ts';

/** As near to the end as counts as being there. */
const END_PIXELS = 48;
/** As near to the beginning as this, older ones are loaded. */
const OLDER_PIXELS = 80;
const REDRAW_MILLIS = 30_000;

export interface MessageListOptions {
  readonly conversation: ConversationHandle;
  readonly self: () => Author;
  readonly announcer: Announcer;
  /** What stands there while there is no message. */
  readonly emptyWords: string;
  /** At the desk. */
  readonly tools?: DeskTools;
}

/** The messages of a conversation. Follows the newest one, unless the reader scrolled up. */
export class MessageList {
  readonly root: HTMLElement;
  private readonly scroller = element('div', { class: 'message-scroller', 'data-testid': 'message-scroller' });
  private readonly items = element('ol', {
    class: 'messages',
    'data-testid': 'messages',
    'aria-label': words.messages,
  });
  private readonly older: HTMLButtonElement;
  private isLoading = false;
  private readonly empty: HTMLElement;
  private readonly newer: HTMLButtonElement;
  private readonly views = new Map<string, MessageView>();
  /** What was here when the page first heard of the conversation is not announced. */
  private announcedRevision: number | undefined;
  private isAtEnd = true;
  private scrollTop = 0;

  constructor(
    private readonly options: MessageListOptions,
    signal: AbortSignal,
  ) {
    const { conversation, emptyWords } = options;
    const showEnd = (): void => {
      this.showEnd();
    };
    this.empty = element('p', { class: 'empty' }, emptyWords);
    this.newer = element(
      'button',
      { type: 'button', class: 'newer', 'data-testid': 'newer', click: showEnd },
      words.newMessages,
    );
    this.newer.hidden = true;
    const loadOlder = (): void => {
      void this.loadOlder();
    };
    this.older = element(
      'button',
      { type: 'button', class: 'link older', 'data-testid': 'older', click: loadOlder },
      words.loadOlder,
    );
    this.scroller.append(this.older, this.empty, this.items);
    this.scroller.tabIndex = 0;
    this.root = element(
      'section',
      { class: 'message-list', 'aria-label': words.conversation },
      this.scroller,
      this.newer,
    );
    this.scroller.addEventListener('scroll', () => {
      this.scrolled();
    });
    conversation.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    // Once a frame, when the page has been laid out anyway: to ask after each change would lay it out each time.
    const resizes = new ResizeObserver(() => {
      if (this.isAtEnd) {
        this.showEnd();
      }
    });
    resizes.observe(this.scroller);
    resizes.observe(this.items);
    // What may still be changed depends on the time.
    const clock = setInterval(() => {
      this.draw();
    }, REDRAW_MILLIS);
    signal.addEventListener('abort', () => {
      clearInterval(clock);
      resizes.disconnect();
      this.views.forEach((view) => {
        view.detach();
      });
    });
    this.draw();
  }

  /** Whether the newest message can be seen, as far as scrolling goes. */
  get showsEnd(): boolean {
    return this.isAtEnd;
  }

  showEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.scrolled();
  }

  private draw(): void {
    const { conversation, self } = this.options;
    const messages = timelineOf(conversation, self());
    const ids = new Set(messages.map(({ id }) => id));
    [...this.views]
      .filter(([id]) => !ids.has(id))
      .forEach(([id, view]) => {
        // Who was writing in a message that was merged goes on in the one that has its text.
        const into = this.views.get(conversation.currentBlock(id)?.id ?? '');
        if (into && into !== view) {
          into.editAfter(view);
        }
        view.detach();
        this.views.delete(id);
      });
    const isNew = messages.filter(({ id }) => !this.views.has(id));
    messages.forEach((message, i) => {
      this.viewOf(message).update(message, {
        isOwnSide: isStaff(self()) ? isStaff(message.author) : message.isOwn,
        isNamed: isNamed(message, messages[i - 1], isStaff(self())),
      });
    });
    setChildren(
      this.items,
      messages.map((message) => this.viewOf(message).root),
    );
    this.empty.hidden = messages.length > 0;
    this.older.hidden = !conversation.hasOlder;
    this.isAtEnd ||= isNew.some(({ isOwn, revision }) => isOwn && revision === 0);
    if (!this.isAtEnd && isNew.length > 0) {
      this.newer.hidden = false;
    }
    this.announce(messages);
  }

  private viewOf(message: Message): MessageView {
    const view =
      this.views.get(message.id) ??
      new MessageView(this.options.conversation, message, this.options.self, this.options.tools);
    this.views.set(message.id, view);
    return view;
  }

  private announce(messages: readonly Message[]): void {
    const { conversation, announcer } = this.options;
    if (!conversation.isOpen) {
      return;
    }
    const known = this.announcedRevision;
    this.announcedRevision = conversation.revision;
    for (const message of messages) {
      if (known !== undefined && message.revision > known && !message.isOwn && !isRecalled(message)) {
        announcer.say(`${message.author.name}: ${message.text}`);
      }
    }
  }

  /** The messages that are in sight stay where they are. */
  private async loadOlder(): Promise<void> {
    if (this.isLoading || !this.options.conversation.hasOlder) {
      return;
    }
    this.isLoading = true;
    this.older.disabled = true;
    const { scrollHeight, scrollTop } = this.scroller;
    try {
      await this.options.conversation.loadOlder();
      this.draw();
      this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
    } catch (error) {
      // The button is still there to try again.
      if (!(error instanceof ParleyError)) {
        throw error;
      }
    } finally {
      this.isLoading = false;
      this.older.disabled = false;
    }
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Only a reader scrolls up. What was added since the last frame only makes the way to the end longer.
    const isUp = scrollTop < this.scrollTop;
    this.scrollTop = scrollTop;
    this.isAtEnd = (this.isAtEnd && !isUp) || scrollHeight - scrollTop - clientHeight < END_PIXELS;
    if (this.isAtEnd) {
      this.newer.hidden = true;
    }
    if (isUp && scrollTop < OLDER_PIXELS) {
      void this.loadOlder();
    }
  }
}

/** The first of several by the same author is named; a visitor's own ones need no name. */
function isNamed(message: Message, before: Message | undefined, isForStaff: boolean): boolean {
  const isSame = before?.author.subject === message.author.subject && before.kind === message.kind;
  return !isSame && (isForStaff || !message.isOwn);
}
