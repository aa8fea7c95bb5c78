import { DeskConversation, type Site } from '../../src/desk/index.ts';
import type { Client, ConversationSummary } from '../../src/index.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { timeWords, waitingWords, words } from './words.ts';

export interface WaitingListOptions {
  readonly client: Client;
  readonly site: Site;
  readonly summary: (conversation: string) => ConversationSummary | undefined;
  readonly open: (conversation: string) => void;
}

/** The visitors who wait for somebody, in the order that all agents share and any of them can change. */
export class WaitingList {
  readonly root: HTMLElement;
  private readonly heading = element('h2', { 'data-testid': 'waiting-count' });
  private readonly list = element('ol', { 'aria-label': words.waiting, 'data-testid': 'waiting' });
  private readonly rows = new Map<string, WaitingRow>();

  constructor(private readonly options: WaitingListOptions) {
    this.root = element('section', { class: 'waiting' }, this.heading, this.list);
    options.site.on('update', () => {
      this.draw();
    });
    this.draw();
  }

  draw(): void {
    const queue = this.options.site.queue();
    const ids = new Set(queue);
    [...this.rows.keys()].filter((id) => !ids.has(id)).forEach((id) => this.rows.delete(id));
    setText(this.heading, waitingWords(queue.length));
    this.root.hidden = queue.length === 0;
    setChildren(
      this.list,
      queue.map((id, i) => {
        const row = this.rows.get(id) ?? new WaitingRow(id, this.options);
        this.rows.set(id, row);
        row.draw(queue[i - 1], queue[i + 1]);
        return row.root;
      }),
    );
  }
}

class WaitingRow {
  readonly root: HTMLLIElement;
  private readonly name = element('bdi', { class: 'row-name', 'data-testid': 'waiting-name' });
  private readonly time = element('time', {});
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private before: string | undefined;
  private after: string | undefined;

  constructor(
    private readonly id: string,
    private readonly options: WaitingListOptions,
  ) {
    const { site } = options;
    this.up = linkButton('↑', 'waiting-up', () => {
      site.arrange(id, { before: this.before });
    });
    this.down = linkButton('↓', 'waiting-down', () => {
      site.arrange(id, { after: this.after });
    });
    this.up.setAttribute('aria-label', words.moveUp);
    this.down.setAttribute('aria-label', words.moveDown);
    const take = element(
      'button',
      {
        type: 'button',
        'data-testid': 'waiting-take',
        click: () => {
          this.take();
        },
      },
      words.take,
    );
    this.root = element(
      'li',
      { class: 'waiting-row', 'data-testid': 'waiting-row', 'data-conversation': id },
      this.name,
      this.time,
      this.up,
      this.down,
      take,
    );
  }

  draw(before: string | undefined, after: string | undefined): void {
    this.before = before;
    this.after = after;
    this.up.disabled = before === undefined;
    this.down.disabled = after === undefined;
    const summary = this.options.summary(this.id);
    setText(this.name, summary ? summary.visitorName || summary.visitor : words.conversation);
    setText(this.time, summary ? timeWords(summary.lastTimeMillis) : '');
    setAttribute(this.time, 'datetime', summary && new Date(summary.lastTimeMillis).toISOString());
  }

  private take(): void {
    const { client, open } = this.options;
    open(this.id);
    new DeskConversation(client.conversation({ id: this.id })).assign(client.author.subject);
  }
}
