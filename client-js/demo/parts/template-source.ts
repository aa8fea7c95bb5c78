import type { Client, ConversationHandle } from '../../src/index.ts';
import { DeskConversation } from '../../src/desk/index.ts';

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** The answer templates: sections of articles with the tag `template`. Their first line is the title. */
export class TemplateSource {
  private readonly articles = new Map<string, ConversationHandle>();

  constructor(private readonly client: Client) {
    const inbox = client.inbox('ARTICLE');
    inbox.on('update', () => {
      const found = inbox.rows().filter(({ tags }) => tags.includes('template'));
      found.forEach(({ conversation }) => {
        this.open(conversation);
      });
      [...this.articles.keys()]
        .filter((id) => !found.some(({ conversation }) => conversation === id))
        .forEach((id) => {
          this.articles.get(id)?.close();
          this.articles.delete(id);
        });
    });
  }

  list(): Template[] {
    return [...this.articles.values()]
      .flatMap((article) => new DeskConversation(article).sections())
      .filter(({ attributes, text }) => !attributes.has('recalled') && text.trim() !== '')
      .map(({ id, text }) => {
        const [title = '', ...rest] = text.trim().split('\n');
        const body = rest.join('\n').trim();
        return { id, title, text: body === '' ? title : body };
      });
  }

  private open(id: string): void {
    if (!this.articles.has(id)) {
      this.articles.set(id, this.client.conversation({ id }));
    }
  }
}
