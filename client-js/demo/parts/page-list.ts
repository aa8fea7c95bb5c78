import type { Site } from '../../src/desk/index.ts';
import { element, setChildren, setText } from './element.ts';
import { words } from './words.ts';

/** How many visitors are on which page of the site. */
export class PageList {
  readonly root: HTMLElement;
  private readonly list = element('ul', { 'aria-label': words.onTheSite, 'data-testid': 'site-pages' });
  private readonly nobody = element('p', { class: 'empty' }, words.nobodyOnTheSite);
  private readonly rows = new Map<string, PageRow>();

  constructor(private readonly site: Site) {
    this.root = element('section', { class: 'site' }, element('h2', {}, words.onTheSite), this.list, this.nobody);
    site.on('update', () => {
      this.draw();
    });
    this.draw();
  }

  private draw(): void {
    const pages = this.site.pages();
    const paths = new Set(pages.map(({ page }) => page));
    [...this.rows.keys()].filter((page) => !paths.has(page)).forEach((page) => this.rows.delete(page));
    this.nobody.hidden = pages.length > 0;
    setChildren(
      this.list,
      pages.map(({ page, title, visitors }) => {
        const row = this.rows.get(page) ?? new PageRow(page);
        this.rows.set(page, row);
        row.draw(title, visitors);
        return row.root;
      }),
    );
  }
}

class PageRow {
  readonly root: HTMLLIElement;
  private readonly title = element('bdi', { class: 'row-name' });
  private readonly count = element('span', { class: 'site-visitors', 'data-testid': 'site-visitors' });

  constructor(private readonly page: string) {
    this.root = element(
      'li',
      { class: 'site-row', 'data-testid': 'site-page', 'data-page': page, title: page },
      this.title,
      this.count,
    );
  }

  draw(title: string, visitors: number): void {
    setText(this.title, title || this.page);
    setText(this.count, String(visitors));
  }
}
