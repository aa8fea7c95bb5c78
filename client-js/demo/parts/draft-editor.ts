import { DeskConversation } from '../../src/desk/index.ts';
import { type Block, type ConversationHandle, ParleyError, type Unsent } from '../../src/index.ts';
import { element, setText } from './element.ts';
import { isSubmitKey } from './submit-key.ts';
import { BlockField } from './block-field.ts';
import { errorWords, unsentWords } from './words.ts';

/**
 * A field for the reply that all agents share. While nobody has begun one it is free; the first keystroke makes the draft,
 * and so does a colleague's, in whose draft this field then is.
 */
export class DraftEditor {
  readonly root: HTMLElement;
  readonly field: BlockField;
  private readonly begunBy = element('span', { class: 'draft-begun', 'data-testid': 'draft-begun' });
  private readonly notice = element('p', { class: 'problem', role: 'alert', 'data-testid': 'draft-notice' });
  private readonly sendButton: HTMLButtonElement;
  private readonly desk: DeskConversation;
  private draftId: string | undefined;
  private isPublishing = false;

  constructor(private readonly conversation: ConversationHandle) {
    this.desk = new DeskConversation(conversation);
    const send = (): void => {
      this.send();
    };
    this.field = new BlockField({
      'data-testid': 'draft',
      'aria-label': 'Reply, shared with your colleagues',
      placeholder: 'Write a reply. Colleagues can write in it with you.',
      rows: '2',
    });
    this.sendButton = element(
      'button',
      { type: 'button', class: 'primary', 'data-testid': 'draft-send', click: send },
      'Send',
    );
    this.root = element(
      'div',
      { class: 'draft', 'data-testid': 'draft-editor' },
      this.notice,
      this.begunBy,
      element('div', { class: 'composer-row' }, this.field.root, this.sendButton),
    );
    this.field.root.addEventListener('keydown', (event) => {
      if (isSubmitKey(event, false)) {
        event.preventDefault();
        send();
      }
    });
    this.field.root.addEventListener('input', () => {
      this.begin();
      this.draw();
    });
    this.field.root.addEventListener('compositionend', () => {
      this.begin();
      this.draw();
    });
    this.draw();
  }

  /** The draft in it; undefined while it is free. */
  get draft(): string | undefined {
    return this.draftId;
  }

  get isFree(): boolean {
    return this.draftId === undefined && this.field.root.value === '' && !this.field.isComposing;
  }

  get isFocused(): boolean {
    return document.activeElement === this.field.root;
  }

  /** Shows this draft from now on. */
  take(draftId: string): void {
    this.draftId = draftId;
    this.field.bind(this.conversation, draftId);
    this.draw();
  }

  /** Is free again, and empty. */
  clear(): void {
    this.field.release();
    this.field.root.value = '';
    this.draftId = undefined;
    this.draw();
  }

  draw(): void {
    const block = this.draftBlock();
    setText(this.begunBy, block ? begunWords(block) : '');
    this.begunBy.hidden = !block || block.text === '';
    this.field.root.readOnly = this.isPublishing;
    this.sendButton.disabled = this.isPublishing || this.field.root.value.trim() === '';
    setText(this.sendButton, this.isPublishing ? 'Sending …' : 'Send');
    const refusal = this.refusal();
    this.tell(refusal ? unsentWords(refusal.code) : '');
  }

  private draftBlock(): Block | undefined {
    return this.draftId === undefined ? undefined : this.conversation.block(this.draftId);
  }

  /** The publication of this draft that failed, until the next one. */
  private refusal(): Unsent | undefined {
    return this.conversation.unsent().find((unsent) => isRefusedPublication(unsent) && unsent.block === this.draftId);
  }

  private begin(): void {
    const text = this.field.root.value;
    if (this.draftId === undefined && text !== '' && !this.field.isComposing) {
      try {
        this.take(this.conversation.createBlock({ kind: 'DRAFT', text }).id);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private send(): void {
    const { draftId } = this;
    if (draftId === undefined || this.sendButton.disabled) {
      return;
    }
    const refusal = this.refusal();
    if (refusal) {
      this.conversation.dismiss(refusal.id);
    }
    this.field.root.focus();
    this.isPublishing = true;
    const finished = (): void => {
      this.isPublishing = false;
      this.draw();
    };
    this.desk.publish(draftId).sent.then(finished, finished);
    this.draw();
  }

  private failed(error: unknown): void {
    if (!(error instanceof ParleyError)) {
      throw error;
    }
    this.tell(errorWords(error.code));
  }

  private tell(words: string): void {
    setText(this.notice, words);
    this.notice.hidden = words === '';
  }
}

/** Nothing was written that could be lost: it is told beside the draft. */
export function isRefusedPublication({ code, text }: Unsent): boolean {
  return code === 'CHANGED' && text === '';
}

function begunWords({ author }: Block): string {
  return `Shared draft, begun by ${author.name || author.subject}`;
}
