import { type Activity, type Block, type ConversationHandle, codePointsBefore } from '../../src/index.ts';

/** Who pressed no key for so long does not type any more. */
const TYPING_MILLIS = 4_000;
/** The gateway forgets where a caret is that it is not told again. */
const REPEAT_MILLIS = 25_000;

export interface AttentionOptions {
  readonly conversation: ConversationHandle;
  /** What is typed in it belongs to the conversation. */
  readonly root: HTMLElement;
  /** Whether the user sees the conversation while the page is in sight. */
  readonly isShown: () => boolean;
}

/** Tells the others whether the user looks at a conversation, types, and where the caret is. */
export class Attention {
  private typing: boolean | 'PUBLIC' = false;
  /** The caret is in a block that the others do not have yet. */
  private isEarly = false;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly options: AttentionOptions,
    signal: AbortSignal,
  ) {
    const { conversation, root } = options;
    const tell = (): void => {
      this.tell();
    };
    root.addEventListener(
      'input',
      () => {
        this.typed();
      },
      { signal },
    );
    root.addEventListener(
      'focusout',
      () => {
        this.typing = false;
        this.tell();
      },
      { signal },
    );
    root.addEventListener('focusin', tell, { signal });
    document.addEventListener(
      'selectionchange',
      () => {
        if (this.field()) {
          this.tell();
        }
      },
      { signal },
    );
    document.addEventListener('visibilitychange', tell, { signal });
    conversation.on(
      'update',
      () => {
        // What was sent leaves the field empty, without an event of its own.
        if (this.isEarly || (this.typing !== false && this.field()?.value === '')) {
          this.tell();
        }
      },
      signal,
    );
    const repeat = setInterval(tell, REPEAT_MILLIS);
    signal.addEventListener('abort', () => {
      clearInterval(repeat);
      clearTimeout(this.pause);
      conversation.away();
    });
    this.tell();
  }

  /** Something that is not an event changed. */
  tell(): void {
    const { conversation, isShown } = this.options;
    if (this.field()?.value === '') {
      this.typing = false;
    }
    if (document.visibilityState === 'visible' && isShown()) {
      conversation.signal(this.activity());
    } else {
      conversation.away();
    }
  }

  private typed(): void {
    const field = this.field();
    // What everybody reads while it is written is no secret. A draft stays one, even if it is sent a moment later.
    this.typing = field !== undefined && (this.blockIn(field)?.audience === 'PUBLIC' ? 'PUBLIC' : true);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.typing = false;
      this.tell();
    }, TYPING_MILLIS);
    this.tell();
  }

  private activity(): Activity {
    const { typing } = this;
    const field = this.field();
    const block = field && this.blockIn(field);
    this.isEarly = block?.revision === 0;
    if (!field || !block) {
      return { typing };
    }
    const { value, selectionStart, selectionEnd, selectionDirection } = field;
    const [first, last] = [codePointsBefore(value, selectionStart), codePointsBefore(value, selectionEnd)];
    const isBackward = selectionDirection === 'backward';
    return { typing, cursor: { block: block.id, start: isBackward ? last : first, end: isBackward ? first : last } };
  }

  private blockIn(field: HTMLTextAreaElement): Block | undefined {
    return this.options.conversation.currentBlock(field.dataset['block'] ?? '');
  }

  private field(): HTMLTextAreaElement | undefined {
    const { activeElement } = document;
    return activeElement instanceof HTMLTextAreaElement && this.options.root.contains(activeElement)
      ? activeElement
      : undefined;
  }
}
