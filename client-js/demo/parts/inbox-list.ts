import type { ConversationSummary, InboxHandle } from '../../src/index.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import type { SeenTimes } from './seen-times.ts';
import { timeWords } from './words.ts';

/** The conversations, newest first. Arrow keys walk, Enter opens. */
export class InboxList {
  readonly root: HTMLElement;
  private readonly list = element('ul', { 'aria-label': 'Conversations', 'data-testid': 'inbox' });
  private readonly empty = element(
    'p',
    { class: 'empty' },
    'No conversations yet. Open the visitor page in another tab.',
  );
  private readonly more: HTMLButtonElement;
  private readonly rows = new Map<string, InboxRow>();
  private selected = '';

  constructor(
    private readonly inbox: InboxHandle,
    private readonly seen: SeenTimes,
    /** Told how many are unread. */
    private readonly counted: (unread: number) => void,
  ) {
    const more = (): void => {
      inbox.more();
    };
    this.more = element(
      'button',
      { type: 'button', class: 'link', 'data-testid': 'inbox-more', click: more },
      'Show more',
    );
    this.root = element('div', { class: 'inbox' }, this.empty, this.list, this.more);
    this.list.addEventListener('keydown', (event) => {
      this.walk(event);
    });
    inbox.on('update', () => {
      this.draw();
    });
    this.draw();
  }

  select(conversation: string): void {
    this.selected = conversation;
    this.draw();
  }

  /** Puts the focus on the selected conversation. */
  focus(): void {
    this.rows.get(this.selected)?.focus();
  }

  summary(conversation: string): ConversationSummary | undefined {
    return this.inbox.rows().find((row) => row.conversation === conversation);
  }

  draw(): void {
    const summaries = this.inbox.rows();
    const ids = new Set(summaries.map(({ conversation }) => conversation));
    [...this.rows.keys()].filter((id) => !ids.has(id)).forEach((id) => this.rows.delete(id));
    const tabStop = ids.has(this.selected) ? this.selected : summaries[0]?.conversation;
    let unread = 0;
    const roots = summaries.map((summary) => {
      const { conversation } = summary;
      const row = this.rows.get(conversation) ?? new InboxRow(conversation);
      this.rows.set(conversation, row);
      const isUnread = this.isUnread(summary);
      unread += isUnread ? 1 : 0;
      row.update(summary, {
        isUnread,
        isSelected: conversation === this.selected,
        isTabStop: conversation === tabStop,
      });
      return row.root;
    });
    setChildren(this.list, roots);
    this.empty.hidden = summaries.length > 0;
    this.more.hidden = !this.inbox.hasMore;
    this.counted(unread);
  }

  private isUnread({ conversation, lastRole, lastText, lastTimeMillis }: ConversationSummary): boolean {
    return lastRole === 'VISITOR' && lastText !== '' && lastTimeMillis > this.seen.of(conversation);
  }

  private walk(event: KeyboardEvent): void {
    const links = [...this.list.querySelectorAll('a')];
    const at = links.findIndex((link) => link === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to !== undefined && at >= 0) {
      event.preventDefault();
      links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
    }
  }
}

interface RowState {
  readonly isUnread: boolean;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
}

class InboxRow {
  readonly root: HTMLLIElement;
  private readonly link: HTMLAnchorElement;
  private readonly name = element('bdi', { class: 'row-name', 'data-testid': 'inbox-name' });
  private readonly time = element('time', {});
  private readonly text = element('span', { class: 'row-text', dir: 'auto', 'data-testid': 'inbox-text' });
  private readonly state = element('span', { class: 'row-state' });
  private readonly unread = element('span', { class: 'row-unread', 'data-testid': 'inbox-unread' }, 'unread');

  constructor(conversation: string) {
    this.link = element(
      'a',
      { href: `#${conversation}`, 'data-testid': 'inbox-row' },
      element('span', { class: 'row-head' }, this.name, this.time),
      element('span', { class: 'row-body' }, this.text, this.state, this.unread),
    );
    this.root = element('li', {}, this.link);
  }

  focus(): void {
    this.link.focus();
  }

  update(summary: ConversationSummary, { isUnread, isSelected, isTabStop }: RowState): void {
    const { visitor, visitorName, lastText, lastRole, lastTimeMillis, state, assignee } = summary;
    setText(this.name, visitorName || visitor);
    setText(this.time, timeWords(lastTimeMillis));
    setAttribute(this.time, 'datetime', new Date(lastTimeMillis).toISOString());
    setText(this.text, lastText === '' ? 'No messages yet' : lastText);
    this.text.classList.toggle('answered', lastRole !== 'VISITOR' && lastText !== '');
    setText(this.state, [state, assignee].filter((word) => word !== '').join(' · '));
    this.unread.hidden = !isUnread;
    this.root.classList.toggle('is-unread', isUnread);
    setAttribute(this.link, 'aria-current', isSelected ? 'true' : undefined);
    this.link.tabIndex = isTabStop ? 0 : -1;
  }
}
