import type { Client } from '../client.ts';
import { inOrder } from '../conversation/rank.ts';
import { Events } from '../events.ts';
import type { Author, PageVisitors, Site as SiteFrame, Viewers, Waiting } from '../wire/wire.ts';
import { type Place, placed } from './placement.ts';

export interface SiteEvents {
  /** Something is different: draw again. */
  update: undefined;
}

/** Who is on the site, which conversations wait, and who looks at which: for staff, kept up to date. */
export class Site {
  private readonly events = new Events<SiteEvents>();
  private readonly byPage = new Map<string, PageVisitors>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly looking = new Map<string, Viewers>();

  constructor(private readonly client: Client) {
    client.attach({
      greeting: () => [{ watchSite: {} }],
      received: ({ site }) => {
        if (site) {
          this.receive(site);
        }
      },
    });
  }

  readonly on = this.events.on.bind(this.events);

  /** The pages with visitors, the busiest first. Paths and titles are what browsers say: show them as text. */
  pages(): PageVisitors[] {
    return [...this.byPage.values()].sort((a, b) => b.visitors - a.visitors || inOrder(a.page, b.page));
  }

  /** The ids of the conversations that wait for somebody, in the order that agents gave them. */
  queue(): string[] {
    return this.ranked().map(({ conversation }) => conversation);
  }

  /** Puts a waiting conversation elsewhere in the queue, for everybody. */
  arrange(conversation: string, place: Place): void {
    const list = this.ranked().map(({ conversation: id, rank }) => ({ id, rank }));
    for (const { id, rank } of placed(list, conversation, place)) {
      if (this.waiting.has(id)) {
        this.waiting.set(id, { conversation: id, rank });
        this.client.send([{ arrangeQueue: { conversation: id, rank } }]);
      }
    }
    this.events.emit('update', undefined);
  }

  /** Who looks at a conversation, if any of the staff does. */
  viewers(conversation: string): readonly Author[] {
    return this.looking.get(conversation)?.viewers ?? [];
  }

  private ranked(): Waiting[] {
    return [...this.waiting.values()].sort(
      (a, b) => inOrder(a.rank, b.rank) || inOrder(a.conversation, b.conversation),
    );
  }

  private receive({ whole, pages, queue, viewers }: SiteFrame): void {
    if (whole) {
      this.byPage.clear();
      this.waiting.clear();
      this.looking.clear();
    }
    pages.forEach((row) => {
      put(this.byPage, row.page, row, row.visitors > 0);
    });
    queue.forEach((row) => {
      put(this.waiting, row.conversation, row, row.rank !== '');
    });
    viewers.forEach((row) => {
      put(this.looking, row.conversation, row, row.viewers.length > 0);
    });
    this.events.emit('update', undefined);
  }
}

function put<R>(rows: Map<string, R>, name: string, row: R, isThere: boolean): void {
  if (isThere) {
    rows.set(name, row);
  } else {
    rows.delete(name);
  }
}
