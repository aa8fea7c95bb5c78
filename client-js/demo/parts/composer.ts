import { ParleyError } from '../../src/index.ts';
import { element, setText } from './element.ts';
import { isSubmitKey } from './submit-key.ts';
import { errorWords } from './words.ts';

export interface ComposerOptions {
  readonly id: string;
  readonly label: string;
  readonly button: string;
  readonly placeholder: string;
  /** Whether Enter alone sends. */
  readonly sendsOnEnter: boolean;
  /** Takes the text, or throws a ParleyError and the text stays. */
  readonly submit: (text: string) => void;
}

/** A text field and its button. */
export class Composer {
  readonly root: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  private readonly problem = element('p', { class: 'problem', role: 'alert' });

  constructor(private readonly options: ComposerOptions) {
    const { id, label, button, placeholder, sendsOnEnter } = options;
    this.field = element('textarea', {
      id,
      'data-testid': id,
      'aria-label': label,
      placeholder,
      dir: 'auto',
      rows: '1',
    });
    this.root = element(
      'form',
      { class: 'composer' },
      this.problem,
      element(
        'div',
        { class: 'composer-row' },
        this.field,
        element('button', { type: 'submit', class: 'primary', 'data-testid': `${id}-submit` }, button),
      ),
    );
    this.problem.hidden = true;
    this.field.addEventListener('keydown', (event) => {
      if (isSubmitKey(event, sendsOnEnter)) {
        event.preventDefault();
        this.submit();
      }
    });
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
      this.field.focus();
    });
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (text === '') {
      return;
    }
    try {
      this.options.submit(text);
      this.field.value = '';
      this.tell('');
    } catch (error) {
      if (!(error instanceof ParleyError)) {
        throw error;
      }
      this.tell(errorWords(error.code));
    }
  }

  private tell(words: string): void {
    setText(this.problem, words);
    this.problem.hidden = words === '';
  }
}
