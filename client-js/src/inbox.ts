import { Events } from './events.ts';
import type { ClientFrame, ConversationSummary, Inbox, Init } from './wire/wire.ts';

export interface InboxEvents {
  /** Some row is new or different. */
  update: undefined;
}

const ROWS_PER_PAGE = 50;

/** The list of conversations as staff see it, latest activity first, kept up to date. */
export class InboxHandle {
  private readonly events = new Events<InboxEvents>();
  private summaries = new Map<string, ConversationSummary>();
  /** Changes that came before the first page, which may be older than they are. */
  private readonly early = new Map<string, ConversationSummary>();
  private next: Uint8Array = new Uint8Array(0);
  private pages = 1;
  private pagesLoaded = 0;

  constructor(
    private readonly kind: string,
    private readonly send: (frames: readonly Init<ClientFrame>[]) => void,
  ) {}

  readonly on = this.events.on.bind(this.events);

  rows(): ConversationSummary[] {
    return [...this.summaries.values()].sort((a, b) => b.lastTimeMillis - a.lastTimeMillis);
  }

  /** Whether there are rows that were not loaded yet. */
  get hasMore(): boolean {
    return this.next.length > 0;
  }

  /** Loads one more page. */
  more(): void {
    if (this.hasMore && this.pages === this.pagesLoaded) {
      this.pages++;
      this.request();
    }
  }

  /** The frame that watches the inbox on a new connection, from its first page. */
  watch(): Init<ClientFrame> {
    this.pagesLoaded = 0;
    this.early.clear();
    this.next = new Uint8Array(0);
    return this.frame();
  }

  received({ rows, next, page }: Inbox): void {
    if (page && this.pagesLoaded === 0) {
      this.summaries = new Map(this.early);
    }
    for (const row of rows) {
      const known = this.summaries.get(row.conversation);
      if (!known || known.revision <= row.revision) {
        this.summaries.set(row.conversation, row);
      }
      if (!page && this.pagesLoaded === 0) {
        this.early.set(row.conversation, row);
      }
    }
    if (page) {
      this.pagesLoaded++;
      this.next = next;
      if (this.hasMore && this.pagesLoaded < this.pages) {
        this.request();
      }
    }
    this.events.emit('update', undefined);
  }

  private request(): void {
    this.send([this.frame()]);
  }

  private frame(): Init<ClientFrame> {
    return { watchInbox: { limit: ROWS_PER_PAGE, after: this.next, kind: this.kind } };
  }
}
