import { DeskConversation } from '../../src/desk/index.ts';
import type { Client, ConversationSummary, InboxHandle } from '../../src/index.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import { words } from './words.ts';

const NAME_LENGTH_MAX = 48;

/** The articles and answer templates of the tenant, and a field to begin another. */
export class ArticleList {
  readonly root: HTMLElement;
  private readonly inbox: InboxHandle;
  private readonly list = element('ul', { 'aria-label': words.articles, 'data-testid': 'articles' });
  private readonly rows = new Map<string, { root: HTMLLIElement; link: HTMLAnchorElement; title: HTMLElement }>();
  private selected = '';

  constructor(private readonly client: Client) {
    this.inbox = client.inbox('ARTICLE');
    const name = element('input', {
      'aria-label': words.newArticleTitle,
      placeholder: words.newArticle,
      maxlength: String(NAME_LENGTH_MAX),
      autocomplete: 'off',
      'data-testid': 'article-new',
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      if (name.value.trim() !== '') {
        this.begin(name.value.trim());
        name.value = '';
      }
    };
    this.root = element(
      'div',
      { class: 'inbox' },
      element('form', { class: 'article-begin', submit }, name, element('button', { type: 'submit' }, words.add)),
      this.list,
    );
    this.inbox.on('update', () => {
      this.draw();
    });
  }

  select(id: string): void {
    this.selected = id;
    this.draw();
  }

  private begin(title: string): void {
    const random = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36)).join('');
    const article = this.client.conversation({ article: `page-${random}` });
    const stop = article.on('update', () => {
      if (article.isOpen && article.id !== '') {
        stop();
        new DeskConversation(article).setTitle(title);
        location.hash = article.id;
      }
    });
  }

  private draw(): void {
    const summaries = this.inbox
      .rows()
      .sort((a, b) => Number(isTemplate(a)) - Number(isTemplate(b)) || titleOf(a).localeCompare(titleOf(b)));
    setChildren(
      this.list,
      summaries.map((summary) => {
        const row = this.rows.get(summary.conversation) ?? this.row(summary.conversation);
        setText(row.title, titleOf(summary));
        row.root.classList.toggle('is-template', isTemplate(summary));
        setAttribute(row.link, 'aria-current', summary.conversation === this.selected ? 'true' : undefined);
        return row.root;
      }),
    );
  }

  private row(id: string): { root: HTMLLIElement; link: HTMLAnchorElement; title: HTMLElement } {
    const title = element('bdi', { 'data-testid': 'article-row' });
    const link = element('a', { href: `#${id}` }, title);
    const made = { title, link, root: element('li', {}, link) };
    this.rows.set(id, made);
    return made;
  }
}

function titleOf({ title, conversation }: ConversationSummary): string {
  return title || conversation;
}

function isTemplate({ tags }: ConversationSummary): boolean {
  return tags.includes('template');
}
