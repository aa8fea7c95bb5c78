import type { ConversationHandle } from '../conversation-handle.ts';
import type { Change } from '../conversation/replica.ts';
import { ParleyError } from '../errors.ts';
import { diff } from '../ot/diff.ts';
import { codePointsBefore, indexAfter, isWellFormed, wellFormed } from '../ot/text.ts';
import {
  IDENTITY,
  type Side,
  type TextEdit,
  compose,
  isIdentity,
  transform,
  transformCursor,
} from '../ot/text-edit.ts';

/** The part of a textarea or a text input that is used. */
export interface TextField extends EventTarget {
  value: string;
  readonly selectionStart: number | null;
  readonly selectionEnd: number | null;
  readonly selectionDirection: 'forward' | 'backward' | 'none' | null;
  setSelectionRange(start: number, end: number, direction?: 'forward' | 'backward' | 'none'): void;
}

export interface TextBindingOptions {
  /** Ends the binding. */
  readonly signal?: AbortSignal;
  /** What was typed cannot stand, and is taken back: too long, for example. */
  readonly onError?: (error: ParleyError) => void;
}

/**
 * Ties a text field to a block: what is typed becomes edits of the block, what others write shows in the field, and the
 * caret stays where its owner put it. When the block is merged into another, the field goes on in that. Returns how to end
 * that.
 */
export function bindText(
  field: TextField,
  conversation: ConversationHandle,
  blockId: string,
  options: TextBindingOptions = {},
): () => void {
  const binding = new TextBinding(field, conversation, blockId, options.onError);
  options.signal?.addEventListener('abort', () => {
    binding.end();
  });
  return () => {
    binding.end();
  };
}

/**
 *     shown --typed--> the field's value         `held` is what others wrote while the field may not be touched, since
 *       |                   |                    an input method composes in it or half a character stands in it
 *      held   transformed  held'
 *       |                   |
 *     block --typed'--> the block's text, and the field's from then on
 */
class TextBinding {
  private readonly listening = new AbortController();
  /** The text of the block that the field last showed. */
  private shown = '';
  private held = IDENTITY;
  /** Of what is typed, against what was held: to the right of the text that the block was put behind. */
  private typedSide: Side = 'LEFT';
  private isComposing = false;
  private isWriting = false;

  constructor(
    private readonly field: TextField,
    private readonly conversation: ConversationHandle,
    private blockId: string,
    private readonly onError: ((error: ParleyError) => void) | undefined,
  ) {
    const { signal } = this.listening;
    this.showBlock(IDENTITY);
    field.addEventListener(
      'input',
      () => {
        this.fieldOnInput();
      },
      { signal },
    );
    field.addEventListener(
      'compositionstart',
      () => {
        this.isComposing = true;
      },
      { signal },
    );
    field.addEventListener(
      'compositionend',
      () => {
        this.fieldOnCompositionEnd();
      },
      { signal },
    );
    field.addEventListener(
      'blur',
      () => {
        this.fieldOnBlur();
      },
      { signal },
    );
    conversation.on(
      'change',
      (change) => {
        this.conversationOnChange(change);
      },
      signal,
    );
  }

  end(): void {
    if (!this.listening.signal.aborted) {
      this.fieldOnBlur();
      this.listening.abort();
    }
  }

  private fieldOnInput(): void {
    if (!this.isComposing && isWellFormed(this.field.value)) {
      this.takeTyped();
    }
  }

  private fieldOnCompositionEnd(): void {
    this.isComposing = false;
    this.fieldOnInput();
  }

  /** Whatever is half done stays as it is. */
  private fieldOnBlur(): void {
    this.isComposing = false;
    if (!isWellFormed(this.field.value)) {
      this.field.value = wellFormed(this.field.value);
    }
    this.takeTyped();
  }

  private conversationOnChange({ blockId, kind, edit, into }: Change): void {
    if (blockId !== this.blockId || this.isWriting || kind === 'altered') {
      return;
    }
    this.blockId = into ?? blockId;
    const remote = edit ?? diff(this.shown, this.blockText());
    if (this.isComposing || !isWellFormed(this.field.value)) {
      this.held = compose(this.held, remote);
      this.typedSide = into === undefined ? this.typedSide : 'RIGHT';
    } else {
      this.showBlock(remote, into !== undefined);
    }
  }

  /** What the field has beyond what it showed was typed: it goes to the block, past what was held. */
  private takeTyped(): void {
    const { held, typedSide } = this;
    const typed = diff(this.shown, this.field.value, this.field.selectionEnd ?? undefined);
    this.held = IDENTITY;
    this.typedSide = 'LEFT';
    this.write(transform(typed, held, typedSide));
    this.showBlock(transform(held, typed, typedSide === 'LEFT' ? 'RIGHT' : 'LEFT'));
  }

  private write(edit: TextEdit): void {
    if (isIdentity(edit)) {
      return;
    }
    this.isWriting = true;
    try {
      this.conversation.edit(this.blockId, edit);
    } catch (error) {
      if (!(error instanceof ParleyError)) {
        throw error;
      }
      this.onError?.(error);
    } finally {
      this.isWriting = false;
    }
  }

  /**
   * Makes the field show the block, which differs from it by the edit, and moves the selection along; `pushes`: also with
   * what is inserted where it stands.
   */
  private showBlock(edit: TextEdit, pushes = false): void {
    const { field } = this;
    const text = this.blockText();
    this.shown = text;
    if (field.value === text) {
      return;
    }
    const { value, selectionStart, selectionEnd, selectionDirection } = field;
    const moved = (index: number): number => {
      const end = indexAfter(text, transformCursor(codePointsBefore(value, index), edit, pushes));
      return end < 0 ? text.length : end;
    };
    field.value = text;
    if (selectionStart !== null && selectionEnd !== null) {
      field.setSelectionRange(moved(selectionStart), moved(selectionEnd), selectionDirection ?? 'none');
    }
  }

  private blockText(): string {
    return this.conversation.block(this.blockId)?.text ?? '';
  }
}
