import type { DeskConversation } from '../../src/desk/index.ts';
import type { Block } from '../../src/index.ts';
import { Attention } from './attention.ts';
import { BlockField } from './block-field.ts';
import { element, setChildren } from './element.ts';
import { linkButton } from './link-button.ts';
import { PeerBar } from './peer-bar.ts';
import { caretsIn } from './peer-carets.ts';
import { ProblemLine } from './problem-line.ts';
import { SuggestionList } from './suggestion-list.ts';
import { TextMirror } from './text-mirror.ts';
import { UnsentList } from './unsent-list.ts';
import type { VersionsDialog } from './versions-dialog.ts';
import { words } from './words.ts';

/** An article: its title, and its sections, in each of which several agents can write. */
export class ArticlePanel {
  readonly root: HTMLElement;
  private readonly listening = new AbortController();
  private readonly title: HTMLInputElement;
  private readonly template: HTMLInputElement;
  private readonly list = element('ol', { class: 'sections', 'data-testid': 'sections' });
  private readonly items = new Map<string, SectionItem>();

  constructor(
    readonly desk: DeskConversation,
    private readonly versions: VersionsDialog,
  ) {
    const { signal } = this.listening;
    const { handle } = desk;
    const change = (): void => {
      if (this.title.value.trim() !== '') {
        desk.setTitle(this.title.value.trim());
      }
    };
    const tag = (): void => {
      desk.tag('', 'template', this.template.checked);
    };
    this.title = element('input', {
      'aria-label': words.title,
      maxlength: '80',
      'data-testid': 'article-title',
      change,
    });
    this.template = element('input', { type: 'checkbox', 'data-testid': 'article-template', change: tag });
    const add = (): void => {
      const { id } = handle.createBlock({ kind: 'SECTION' });
      queueMicrotask(() => {
        this.items.get(id)?.focus();
      });
    };
    const again = (text: string): void => {
      handle.createBlock({ kind: 'SECTION', text });
    };
    const peers = new PeerBar(handle, signal);
    this.root = element(
      'section',
      { class: 'article-panel', 'data-testid': 'article' },
      element(
        'header',
        { class: 'conversation-head' },
        element('a', { href: '#', class: 'back', 'aria-label': words.backToList }, words.back),
        this.title,
        peers.root,
        element('label', {}, this.template, words.areTemplates),
      ),
      new ProblemLine(handle, signal).root,
      element('p', { class: 'hint' }, words.sectionHint),
      this.list,
      new UnsentList(
        { conversation: handle, againWords: words.intoSection, again, isShownElsewhere: () => false },
        signal,
      ).root,
      element(
        'p',
        {},
        element('button', { type: 'button', 'data-testid': 'section-add', click: add }, words.addSection),
      ),
      peers.typing,
    );
    for (const event of ['update', 'peers'] as const) {
      handle.on(
        event,
        () => {
          this.draw();
        },
        signal,
      );
    }
    new Attention({ conversation: handle, root: this.root, isShown: () => true }, signal);
    this.draw();
  }

  /** Nothing of it is shown any more; what was written still goes out. */
  close(): void {
    this.listening.abort();
    this.items.forEach((item) => {
      item.release();
    });
    this.desk.handle.close();
    this.root.remove();
  }

  private draw(): void {
    const attributes = this.desk.handle.attributes();
    if (document.activeElement !== this.title) {
      this.title.value = attributes.get('title') ?? '';
    }
    this.template.checked = attributes.has('tag/template');
    const sections = this.desk.sections();
    const ids = new Set(sections.map(({ id }) => id));
    [...this.items]
      .filter(([id]) => !ids.has(id))
      .forEach(([id, item]) => {
        item.release();
        this.items.delete(id);
      });
    setChildren(
      this.list,
      sections.map((section, i) => {
        const item = this.items.get(section.id) ?? new SectionItem(this.desk, section.id, this.versions);
        this.items.set(section.id, item);
        item.draw(section, sections[i - 1], sections[i + 1]);
        return item.root;
      }),
    );
  }
}

class SectionItem {
  readonly root: HTMLLIElement;
  private readonly field = new BlockField({ 'aria-label': words.section, 'data-testid': 'section', rows: '3' });
  private readonly mirror = new TextMirror(this.field.root);
  private readonly suggestions: SuggestionList;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly remove: HTMLButtonElement;
  private before: Block | undefined;
  private after: Block | undefined;
  private isRemoved = false;

  constructor(
    private readonly desk: DeskConversation,
    id: string,
    versions: VersionsDialog,
  ) {
    this.suggestions = new SuggestionList(desk);
    this.up = linkButton(words.moveUp, 'section-up', () => {
      desk.move(id, { before: this.before?.id });
    });
    this.down = linkButton(words.moveDown, 'section-down', () => {
      desk.move(id, { after: this.after?.id });
    });
    this.remove = linkButton(words.remove, 'section-remove', () => {
      desk.handle.recall(id, !this.isRemoved);
    });
    const history = linkButton(words.versions, 'section-versions', () => {
      void versions.open(desk.handle.id, id);
    });
    const suggest = linkButton(words.suggest, 'section-suggest', () => {
      const { value, selectionStart, selectionEnd } = this.field.root;
      const isSome = selectionStart < selectionEnd;
      const [from, to] = isSome ? [selectionStart, selectionEnd] : [0, value.length];
      const start = Array.from(value.slice(0, from)).length;
      this.suggestions.begin(id, { start, end: start + Array.from(value.slice(from, to)).length });
    });
    this.root = element(
      'li',
      { class: 'section', 'data-block-id': id },
      this.mirror.root,
      this.suggestions.root,
      element('p', { class: 'tool-group' }, this.up, this.down, suggest, history, this.remove),
    );
    this.field.bind(desk.handle, id, desk);
  }

  focus(): void {
    this.field.root.focus();
  }

  release(): void {
    this.field.release();
  }

  draw(section: Block, before: Block | undefined, after: Block | undefined): void {
    this.before = before;
    this.after = after;
    this.isRemoved = section.attributes.has('recalled');
    this.up.disabled = !before;
    this.down.disabled = !after;
    this.root.classList.toggle('removed', this.isRemoved);
    this.remove.textContent = this.isRemoved ? words.restore : words.remove;
    this.mirror.draw(section, caretsIn(this.desk.handle, section.id));
    this.suggestions.draw(section.id);
  }
}
