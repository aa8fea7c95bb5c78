import { type ConversationHandle, ParleyError, type Unsent } from '../../src/index.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import { errorWords, unsentWords, words } from './words.ts';

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
  readonly root = element('ul', { class: 'unsent-list', 'aria-label': words.notSent, 'data-testid': 'unsent-list' });
  private readonly items = new Map<string, UnsentItem>();

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
    const groups = grouped(conversation.unsent().filter((unsent) => !isShownElsewhere(unsent)));
    const keys = new Set(groups.map(keyOf));
    [...this.items.keys()].filter((key) => !keys.has(key)).forEach((key) => this.items.delete(key));
    setChildren(
      this.root,
      groups.map((group) => {
        const item = this.items.get(keyOf(group)) ?? new UnsentItem(this.options);
        this.items.set(keyOf(group), item);
        item.update(group);
        return item.root;
      }),
    );
    this.root.hidden = groups.length === 0;
  }
}

class UnsentItem {
  readonly root: HTMLLIElement;
  private readonly reason = element('p', { class: 'unsent-reason', role: 'alert' });
  private readonly text = element('p', { class: 'unsent-text', dir: 'auto', 'data-testid': 'unsent-text' });
  private readonly againButton: HTMLButtonElement;
  private group: readonly Unsent[] = [];

  constructor(private readonly options: UnsentListOptions) {
    const again = (): void => {
      this.again();
    };
    const dismiss = (): void => {
      this.dismiss();
    };
    this.againButton = element(
      'button',
      { type: 'button', 'data-testid': 'unsent-again', click: again },
      options.againWords,
    );
    this.root = element(
      'li',
      { class: 'unsent', 'data-testid': 'unsent' },
      this.reason,
      this.text,
      element(
        'p',
        { class: 'unsent-buttons' },
        this.againButton,
        element('button', { type: 'button', 'data-testid': 'unsent-dismiss', click: dismiss }, words.dismiss),
      ),
    );
  }

  update(group: readonly Unsent[]): void {
    this.group = group;
    const code = group[0]?.code;
    if (code !== undefined && this.root.dataset['code'] !== code) {
      setAttribute(this.root, 'data-code', code);
      setText(this.reason, `${words.notSent}. ${unsentWords(code)}`);
    }
    const text = textOf(group);
    setText(this.text, text);
    this.text.hidden = text.trim() === '';
    this.againButton.hidden = text.trim() === '';
  }

  private again(): void {
    try {
      this.options.again(textOf(this.group));
      this.dismiss();
    } catch (error) {
      if (!(error instanceof ParleyError)) {
        throw error;
      }
      setText(this.reason, errorWords(error.code));
    }
  }

  private dismiss(): void {
    this.group.forEach(({ id }) => {
      this.options.conversation.dismiss(id);
    });
  }
}

/** What was typed into one block in several submissions is one piece to its author. */
function grouped(unsent: readonly Unsent[]): readonly (readonly Unsent[])[] {
  const groups: Unsent[][] = [];
  for (const each of unsent) {
    const last = groups[groups.length - 1];
    if (last?.[0]?.block === each.block && last[0].code === each.code) {
      last.push(each);
    } else {
      groups.push([each]);
    }
  }
  return groups;
}

function keyOf(group: readonly Unsent[]): string {
  return group[0]?.id ?? '';
}

function textOf(group: readonly Unsent[]): string {
  return group.map(({ text }) => text).join('');
}
