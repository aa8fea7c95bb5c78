import { type ConversationHandle, ParleyError, type Unsent } from '../../src/index.ts';
import { element, setChildren, setText } from './element.ts';
import { errorWords, unsentWords } from './words.ts';

export interface UnsentListOptions {
  readonly conversation: ConversationHandle;
  /** Words of the button that writes the text anew. */
  readonly againWords: string;
  /** Writes the text anew. */
  readonly again: (text: string) => void;
  /** Left out here because something else shows it. */
  readonly isShownElsewhere: (unsent: Unsent) => boolean;
}

/** What was written and is not in the conversation, until the reader lets it go. */
export class UnsentList {
  readonly root = element('ul', { class: 'unsent-list', 'aria-label': 'Not sent', 'data-testid': 'unsent-list' });
  private readonly items = new Map<string, HTMLLIElement>();

  constructor(
    private readonly options: UnsentListOptions,
    signal: AbortSignal,
  ) {
    options.conversation.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    this.draw();
  }

  private draw(): void {
    const { conversation, isShownElsewhere } = this.options;
    const shown = conversation.unsent().filter((unsent) => !isShownElsewhere(unsent));
    const ids = new Set(shown.map(({ id }) => id));
    [...this.items.keys()].filter((id) => !ids.has(id)).forEach((id) => this.items.delete(id));
    setChildren(
      this.root,
      shown.map((unsent) => this.itemOf(unsent)),
    );
    this.root.hidden = shown.length === 0;
  }

  private itemOf(unsent: Unsent): HTMLLIElement {
    const item = this.items.get(unsent.id) ?? this.newItem(unsent);
    this.items.set(unsent.id, item);
    return item;
  }

  private newItem({ id, text, code }: Unsent): HTMLLIElement {
    const { conversation, again, againWords } = this.options;
    const dismiss = (): void => {
      conversation.dismiss(id);
    };
    const reason = element('p', { class: 'unsent-reason', role: 'alert' }, 'Not sent. ', unsentWords(code));
    const tryAgain = (): void => {
      try {
        again(text);
        conversation.dismiss(id);
      } catch (error) {
        if (!(error instanceof ParleyError)) {
          throw error;
        }
        setText(reason, errorWords(error.code));
      }
    };
    const item = element('li', { class: 'unsent', 'data-testid': 'unsent', 'data-code': code }, reason);
    if (text !== '') {
      item.append(element('p', { class: 'unsent-text', dir: 'auto' }, text));
    }
    const buttons = element('p', { class: 'unsent-buttons' });
    if (text !== '') {
      buttons.append(
        element('button', { type: 'button', 'data-testid': 'unsent-again', click: tryAgain }, againWords),
        ' ',
      );
    }
    buttons.append(element('button', { type: 'button', 'data-testid': 'unsent-dismiss', click: dismiss }, 'Dismiss'));
    item.append(buttons);
    return item;
  }
}
