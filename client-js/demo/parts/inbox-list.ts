import type { Site } from '../../src/desk/index.ts';
import type { Author, Client, ConversationSummary, InboxHandle } from '../../src/index.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import { PeerChips } from './peer-bar.ts';
import type { People } from './people.ts';
import type { SeenTimes } from './seen-times.ts';
import { UnreadCounts } from './unread-counts.ts';
import { stateWords, timeWords, words } from './words.ts';

export interface InboxListOptions {
  readonly client: Client;
  readonly site: Site;
  readonly seen: SeenTimes;
  readonly people: People;
  /** Told how many conversations have something unread. */
  readonly counted: (unread: number) => void;
}

/** The conversations, newest first. Arrow keys walk, Enter opens. */
export class InboxList {
  readonly root: HTMLElement;
  private readonly list = element('ul', { 'aria-label': words.conversations, 'data-testid': 'inbox' });
  private readonly empty = element('p', { class: 'empty' }, words.noConversations);
  private readonly more: HTMLButtonElement;
  private readonly rows = new Map<string, InboxRow>();
  private readonly inbox: InboxHandle;
  private readonly counts: UnreadCounts;
  private selected = '';

  constructor(private readonly options: InboxListOptions) {
    const { client, site } = options;
    const inbox = client.inbox();
    this.inbox = inbox;
    const more = (): void => {
      inbox.more();
    };
    const draw = (): void => {
      this.draw();
    };
    this.counts = new UnreadCounts(client, draw);
    this.more = element(
      'button',
      { type: 'button', class: 'link', 'data-testid': 'inbox-more', click: more },
      words.showMore,
    );
    this.root = element('div', { class: 'inbox' }, this.empty, this.list, this.more);
    this.list.addEventListener('keydown', (event) => {
      this.walk(event);
    });
    inbox.on('update', draw);
    site.on('update', draw);
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
    const isNew = summaries.filter((summary) => this.isUnread(summary)).map(({ conversation }) => conversation);
    this.counts.follow(isNew, this.selected);
    const { people, site, client } = this.options;
    let unread = 0;
    const roots = summaries.map((summary) => {
      const { conversation, assignee } = summary;
      const row = this.rows.get(conversation) ?? new InboxRow(conversation);
      this.rows.set(conversation, row);
      const viewers = site.viewers(conversation).filter((author) => !isSelf(author, client.author));
      people.met(viewers);
      const count = isNew.includes(conversation) ? this.counts.of(conversation) : 0;
      unread += count === 0 ? 0 : 1;
      row.update(summary, {
        unread: count,
        assignee: assignee === client.author.subject ? words.you : people.nameOf(assignee),
        viewers,
        isSelected: conversation === this.selected,
        isTabStop: conversation === tabStop,
      });
      return row.root;
    });
    setChildren(this.list, roots);
    this.empty.hidden = summaries.length > 0;
    this.more.hidden = !this.inbox.hasMore;
    this.options.counted(unread);
  }

  private isUnread({ conversation, lastRole, lastText, lastTimeMillis }: ConversationSummary): boolean {
    return lastRole === 'VISITOR' && lastText !== '' && lastTimeMillis > this.options.seen.of(conversation);
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
  /** Undefined: some, not known how many. */
  readonly unread: number | undefined;
  /** By name; empty: nobody. */
  readonly assignee: string;
  readonly viewers: readonly Author[];
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
  private readonly unread = element('span', { class: 'row-unread', 'data-testid': 'inbox-unread' });
  private readonly viewers = element('ul', { class: 'peers', 'data-testid': 'inbox-viewers' });
  private readonly chips = new PeerChips(this.viewers);

  constructor(conversation: string) {
    this.link = element(
      'a',
      { href: `#${conversation}`, 'data-testid': 'inbox-row' },
      element('span', { class: 'row-head' }, this.name, this.time),
      element('span', { class: 'row-body' }, this.text, this.state, this.unread),
      this.viewers,
    );
    this.root = element('li', {}, this.link);
  }

  focus(): void {
    this.link.focus();
  }

  update(summary: ConversationSummary, row: RowState): void {
    const { unread, assignee, viewers, isSelected, isTabStop } = row;
    const { visitor, visitorName, lastText, lastRole, lastTimeMillis, state } = summary;
    setText(this.name, visitorName || visitor);
    setText(this.time, timeWords(lastTimeMillis));
    setAttribute(this.time, 'datetime', new Date(lastTimeMillis).toISOString());
    setText(this.text, lastText === '' ? words.noMessages : lastText);
    this.text.classList.toggle('answered', lastRole !== 'VISITOR' && lastText !== '');
    setText(this.state, [stateWords(state), assignee].filter((word) => word !== '').join(' · '));
    setText(this.unread, unread === undefined ? words.unread : String(unread));
    setAttribute(this.unread, 'aria-label', unread === undefined ? words.unread : `${unread} ${words.unread}`);
    this.unread.hidden = unread === 0;
    this.root.classList.toggle('is-unread', unread !== 0);
    this.chips.draw(viewers);
    setAttribute(this.link, 'aria-current', isSelected ? 'true' : undefined);
    this.link.tabIndex = isTabStop ? 0 : -1;
  }
}

function isSelf(author: Author, self: Author): boolean {
  return author.subject === self.subject && author.role !== 'VISITOR';
}
