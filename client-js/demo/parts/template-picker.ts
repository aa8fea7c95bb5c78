import { codePointsBefore } from '../../src/index.ts';
import { element, setChildren, setText } from './element.ts';
import type { Template, TemplateSource } from './template-source.ts';
import { words } from './words.ts';

const SHOWN_MAX = 20;
/** A slash at the start of a word, and what was typed after it. */
const ASKED = /(?:^|\s)\/([^\s/]*)$/u;

let pickers = 0;

/** Opens under a field when a slash is typed. Arrows walk, Enter puts the text in as one edit, Escape closes. */
export class TemplatePicker {
  readonly root: HTMLElement;
  private readonly list: HTMLUListElement;
  private readonly id = `templates-${++pickers}`;
  private found: readonly Template[] = [];
  private at = 0;
  /** Where the slash stands; undefined while closed. */
  private slash: number | undefined;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly templates: TemplateSource,
    /** Puts a text in the place of a range of what is written, in code points. */
    private readonly insert: (text: string, start: number, end: number) => void,
  ) {
    this.list = element('ul', { role: 'listbox', id: this.id, 'aria-label': words.answerTemplates });
    this.root = element('div', { class: 'templates', 'data-testid': 'templates' }, this.list);
    this.root.hidden = true;
    field.addEventListener('input', () => {
      this.look();
    });
    field.addEventListener('blur', () => {
      this.close();
    });
    field.addEventListener('keydown', (event) => {
      this.key(event);
    });
  }

  private look(): void {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const word = ASKED.exec(before)?.[1];
    if (word === undefined) {
      this.close();
      return;
    }
    const wanted = word.toLowerCase();
    this.slash = before.length - word.length - 1;
    this.found = this.templates
      .list()
      .filter(({ title, text }) => `${title}\n${text}`.toLowerCase().includes(wanted))
      .sort((a, b) => Number(!startsWith(a, wanted)) - Number(!startsWith(b, wanted)) || (a.title < b.title ? -1 : 1))
      .slice(0, SHOWN_MAX);
    this.at = 0;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (this.slash === undefined || this.found.length === 0 || event.isComposing) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.draw();
    } else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
      this.pick(this.found[this.at]);
    } else if (event.key === 'Escape') {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  private pick(template: Template | undefined): void {
    const { field, slash } = this;
    if (!template || slash === undefined) {
      return;
    }
    const { value, selectionStart } = field;
    this.close();
    this.insert(template.text, codePointsBefore(value, slash), codePointsBefore(value, selectionStart));
    const end = slash + template.text.length;
    field.setSelectionRange(end, end);
  }

  private close(): void {
    this.slash = undefined;
    this.root.hidden = true;
    this.field.removeAttribute('aria-activedescendant');
    this.field.removeAttribute('aria-controls');
  }

  private draw(): void {
    this.root.hidden = this.found.length === 0;
    this.field.setAttribute('aria-controls', this.id);
    this.field.setAttribute('aria-activedescendant', `${this.id}-${this.at}`);
    setChildren(
      this.list,
      this.found.map((template, i) => this.option(template, i)),
    );
    this.list.children[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  private option(template: Template, i: number): HTMLLIElement {
    const title = element('strong', { dir: 'auto' });
    const text = element('span', { dir: 'auto' });
    setText(title, template.title);
    setText(text, template.text);
    const mousedown = (event: Event): void => {
      event.preventDefault();
      this.pick(template);
    };
    return element(
      'li',
      {
        role: 'option',
        id: `${this.id}-${i}`,
        'aria-selected': String(i === this.at),
        'data-testid': 'template',
        mousedown,
      },
      title,
      text,
    );
  }
}

function startsWith({ title }: Template, wanted: string): boolean {
  return title.toLowerCase().startsWith(wanted);
}
