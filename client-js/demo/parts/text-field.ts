import {
  type Change,
  type ConversationHandle,
  ParleyError,
  type TextEdit,
  compose,
  diff,
  transform,
  transformCursor,
} from '../../src/index.ts';
import { element } from './element.ts';
import { errorWords } from './words.ts';

/**
 * A text field that can be bound to a block: what is typed becomes edits of the block, and what others write there shows
 * at once, with the caret where its owner left it. While an input method composes, the field is left alone and what others
 * write is kept back until the word is done.
 */
export class TextField {
  readonly root: HTMLTextAreaElement;
  private binding: Binding | undefined;
  private composing = false;

  constructor(attributes: Readonly<Record<string, string>>) {
    this.root = element('textarea', { dir: 'auto', rows: '1', ...attributes });
    this.root.addEventListener('compositionstart', () => {
      this.composing = true;
    });
    this.root.addEventListener('compositionend', () => {
      this.composing = false;
      this.binding?.typed();
    });
    this.root.addEventListener('input', () => {
      if (!this.composing) {
        this.binding?.typed();
      }
    });
  }

  get isComposing(): boolean {
    return this.composing;
  }

  bind(conversation: ConversationHandle, blockId: string): void {
    this.release();
    this.binding = new Binding(this, conversation, blockId);
  }

  release(): void {
    this.binding?.end();
    this.binding = undefined;
  }
}

class Binding {
  private readonly listening = new AbortController();
  /** The text of the block that the field was last made to show. */
  private shown: string;
  /** What others did to that since. */
  private keptBack: TextEdit | undefined;
  private isWriting = false;

  constructor(
    private readonly field: TextField,
    private readonly conversation: ConversationHandle,
    private readonly blockId: string,
  ) {
    this.shown = this.blockText();
    if (field.root.value !== this.shown) {
      field.root.value = this.shown;
    }
    conversation.on(
      'change',
      (change) => {
        this.changed(change);
      },
      this.listening.signal,
    );
  }

  end(): void {
    this.listening.abort();
  }

  /** The difference between field and block is what was typed. */
  typed(): void {
    const { value, selectionEnd } = this.field.root;
    const typed = diff(this.shown, value, selectionEnd);
    const others = this.keptBack;
    this.keptBack = undefined;
    this.write(others ? transform(typed, others, 'LEFT') : typed);
    if (others) {
      this.show(transform(others, typed, 'RIGHT'));
    }
    this.shown = this.blockText();
    if (this.field.root.value !== this.shown) {
      this.field.root.value = this.shown;
    }
  }

  private write(edit: TextEdit): void {
    if (edit.spans.length === 0) {
      return;
    }
    this.isWriting = true;
    const { root } = this.field;
    try {
      this.conversation.edit(this.blockId, edit);
      root.setCustomValidity('');
    } catch (error) {
      if (!(error instanceof ParleyError)) {
        throw error;
      }
      // The field falls back to what stands, and says why.
      root.setCustomValidity(errorWords(error.code));
      root.reportValidity();
    } finally {
      this.isWriting = false;
    }
  }

  private changed({ blockId, edit }: Change): void {
    if (blockId !== this.blockId || !edit || this.isWriting) {
      return;
    }
    if (this.field.isComposing) {
      this.keptBack = this.keptBack ? compose(this.keptBack, edit) : edit;
    } else {
      this.show(edit);
      this.shown = this.blockText();
    }
  }

  /** Takes over the block's text, which is the field's after this edit. */
  private show(edit: TextEdit): void {
    const { root } = this.field;
    const { value, selectionStart, selectionEnd, selectionDirection, scrollTop } = root;
    const text = this.blockText();
    const moved = (index: number): number => {
      const position = transformCursor(Array.from(value.slice(0, index)).length, edit, false);
      return Array.from(text).slice(0, position).join('').length;
    };
    root.value = text;
    root.setSelectionRange(moved(selectionStart), moved(selectionEnd), selectionDirection);
    root.scrollTop = scrollTop;
  }

  private blockText(): string {
    return this.conversation.block(this.blockId)?.text ?? '';
  }
}
