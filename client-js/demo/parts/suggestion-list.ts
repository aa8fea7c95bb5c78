import type { DeskConversation, Suggestion } from '../../src/desk/index.ts';
import { ParleyError } from '../../src/index.ts';
import { element, setChildren, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { errorWords, nameOf, words } from './words.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The changes that colleagues propose for a text, and a field to propose one. */
export class SuggestionList {
  readonly root: HTMLElement;
  private readonly list = element('ul', {});
  private readonly items = new Map<string, SuggestionItem>();
  private readonly form: HTMLFormElement;
  private readonly field = element('textarea', {
    'aria-label': words.suggestionLabel,
    'data-testid': 'suggestion-field',
    dir: 'auto',
    rows: '1',
  });
  private readonly instead = element('del', { dir: 'auto' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private asked: (Range & { readonly blockId: string; readonly text: string }) | undefined;

  constructor(private readonly desk: DeskConversation) {
    const submit = (event: Event): void => {
      event.preventDefault();
      this.propose();
    };
    const cancel = linkButton(words.cancel, 'suggestion-cancel', () => {
      this.form.hidden = true;
    });
    this.form = element(
      'form',
      { class: 'suggestion-form', submit },
      element('p', {}, words.insteadOf, this.instead),
      this.field,
      element(
        'p',
        {},
        element('button', { type: 'submit', 'data-testid': 'suggestion-propose' }, words.suggest),
        cancel,
      ),
      this.problem,
    );
    this.form.hidden = true;
    this.problem.hidden = true;
    this.root = element('div', { class: 'suggestions', 'data-testid': 'suggestions' }, this.list, this.form);
  }

  /** Asks what should stand at a range of a block. */
  begin(blockId: string, { start, end }: Range): void {
    const text = this.desk.handle.block(blockId)?.text ?? '';
    this.asked = { blockId, start, end, text };
    const part = Array.from(text).slice(start, end).join('');
    setText(this.instead, part === '' ? words.nothing : part);
    this.field.value = part;
    this.problem.hidden = true;
    this.form.hidden = false;
    this.field.focus();
    this.field.select();
  }

  draw(blockId: string): void {
    const open = this.desk.suggestions(blockId).filter(({ state }) => state === 'open' || state === 'stale');
    setChildren(
      this.list,
      open.map((suggestion) => {
        const item = this.items.get(suggestion.id) ?? new SuggestionItem(this.desk, suggestion.id);
        this.items.set(suggestion.id, item);
        item.draw(suggestion, this.desk.handle.block(suggestion.target)?.text ?? '');
        return item.root;
      }),
    );
  }

  private propose(): void {
    const { asked } = this;
    if (!asked) {
      return;
    }
    if (this.desk.handle.block(asked.blockId)?.text !== asked.text) {
      this.tell(words.textChanged);
      return;
    }
    try {
      this.desk.suggest(asked.blockId, asked, this.field.value);
      this.form.hidden = true;
    } catch (error) {
      if (!(error instanceof ParleyError)) {
        throw error;
      }
      this.tell(errorWords(error.code));
    }
  }

  private tell(words: string): void {
    setText(this.problem, words);
    this.problem.hidden = false;
  }
}

class SuggestionItem {
  readonly root: HTMLLIElement;
  private readonly by = element('bdi', {});
  private readonly old = element('del', { dir: 'auto' });
  private readonly proposed = element('ins', { dir: 'auto' });
  private readonly stale = element('span', { class: 'stale', 'data-testid': 'stale' }, words.stale);
  private readonly accept: HTMLButtonElement;

  constructor(desk: DeskConversation, id: string) {
    this.accept = linkButton(words.accept, 'suggestion-accept', () => {
      desk.accept(id);
    });
    const dismiss = linkButton(words.dismiss, 'suggestion-dismiss', () => {
      desk.dismiss(id);
    });
    this.root = element(
      'li',
      { class: 'suggestion', 'data-testid': 'suggestion' },
      element('span', {}, this.by, words.suggests),
      element('span', {}, this.old, ' ', this.proposed),
      this.stale,
      element('span', { class: 'suggestion-buttons' }, this.accept, dismiss),
    );
  }

  draw({ author, text, range, state }: Suggestion, target: string): void {
    setText(this.by, nameOf(author));
    setText(this.old, range ? Array.from(target).slice(range.start, range.end).join('') : '');
    setText(this.proposed, text === '' ? words.nothing : text);
    this.stale.hidden = state !== 'stale';
    this.accept.hidden = state === 'stale';
  }
}
