import type { Client } from '../client.ts';
import type { ConversationHandle, Message } from '../conversation-handle.ts';
import { systemClock, type Clock } from '../clock.ts';

/** What is shown of the page's own, for as long as it wants to be told. */
export interface NotifierOptions {
  /** What a notification of this message says. */
  readonly words: (message: Message) => { readonly title: string; readonly body?: string };
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly Notification?: NotificationConstructor;
  readonly page?: NotifiedPage;
}

/** The part of the browser's Notification that is used. */
export interface NotificationConstructor {
  readonly permission: string;
  new (title: string, options: { readonly body?: string; readonly tag: string }): NotificationLike;
}

export interface NotificationLike {
  onclick: ((event: never) => void) | null;
  close(): void;
}

/** What of the page tells how much is unread. */
export interface NotifiedPage {
  title: string;
  focus(): void;
  badge(count: number): void;
}

/** Long enough for a tab that is looked at to say that it was read. */
const UNREAD_MILLIS = 500;

/**
 * Tells of messages that nobody reads: one notification for each in the whole browser, by the tab that has the connection,
 * and how many they are in the title of every tab. What is read in one tab is told of in none any more.
 */
export class Notifier {
  private readonly known = new Set<string>();
  private readonly shown = new Map<string, NotificationLike>();
  private readonly title: string;
  private readonly clock: Clock;
  private readonly page: NotifiedPage | undefined;
  private isBegun = false;

  constructor(
    private readonly client: Client,
    private readonly conversation: ConversationHandle,
    private readonly options: NotifierOptions,
  ) {
    this.clock = options.clock ?? systemClock;
    this.page = options.page ?? pageOf();
    this.title = this.page?.title ?? '';
    const look = (): void => {
      this.look();
    };
    conversation.on('update', look, options.signal);
    options.signal?.addEventListener('abort', () => {
      this.shown.forEach((notification) => {
        notification.close();
      });
      this.count(0);
    });
    this.look();
  }

  private look(): void {
    const unread = this.conversation.unreadMessages();
    this.count(unread.length);
    const ids = new Set(unread.map(({ id }) => id));
    for (const [id, notification] of this.shown) {
      if (!ids.has(id)) {
        notification.close();
        this.shown.delete(id);
      }
    }
    const fresh = unread.filter(({ id }) => !this.known.has(id));
    fresh.forEach(({ id }) => this.known.add(id));
    // What was unread when the page came is in its title; it is no news.
    if (this.isBegun) {
      fresh.forEach((message) => {
        this.showSoon(message);
      });
    }
    this.isBegun ||= this.conversation.isOpen;
  }

  private showSoon({ id }: Message): void {
    this.clock.after(UNREAD_MILLIS, () => {
      const message = this.conversation.unreadMessages().find((each) => each.id === id);
      const Notification = this.options.Notification ?? (globalThis as Partial<typeof globalThis>).Notification;
      const isDone = this.options.signal?.aborted ?? false;
      if (!message || isDone || this.leaves() || Notification?.permission !== 'granted') {
        return;
      }
      const { title, body } = this.options.words(message);
      const notification = new Notification(title, { ...(body !== undefined && { body }), tag: `parley/${id}` });
      notification.onclick = () => {
        this.page?.focus();
        notification.close();
      };
      this.shown.set(id, notification);
    });
  }

  /** Whether it is for another tab to tell. */
  private leaves(): boolean {
    return this.client.tabRole === 'follower';
  }

  private count(unread: number): void {
    if (this.page) {
      this.page.title = unread > 0 ? `(${String(unread)}) ${this.title}` : this.title;
      if (!this.leaves()) {
        this.page.badge(unread);
      }
    }
  }
}

function pageOf(): NotifiedPage | undefined {
  const { document, navigator, window } = globalThis as Partial<typeof globalThis>;
  return (
    document && {
      get title() {
        return document.title;
      },
      set title(title) {
        document.title = title;
      },
      focus: () => window?.focus(),
      badge: (count) => {
        // Only installed pages have one; elsewhere this does nothing, or is not there.
        const badge = navigator as Partial<Navigator> | undefined;
        (count > 0 ? badge?.setAppBadge?.(count) : badge?.clearAppBadge?.())?.catch(() => undefined);
      },
    }
  );
}
