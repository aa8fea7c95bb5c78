import { type Block, type ConversationHandle, ParleyError, type Unsent } from '../../src/index.ts';
import { AssistantBar } from './assistant-bar.ts';
import type { DeskTools } from './desk-tools.ts';
import { element, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { isEscape, isSubmitKey } from './submit-key.ts';
import { BlockField } from './block-field.ts';
import { caretsIn } from './peer-carets.ts';
import { SuggestionList } from './suggestion-list.ts';
import { TemplatePicker } from './template-picker.ts';
import { TextMirror } from './text-mirror.ts';
import { begunWords, errorWords, unsentWords, words } from './words.ts';

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
  private readonly conversation: ConversationHandle;
  private readonly mirror: TextMirror;
  private readonly assistant: AssistantBar;
  private readonly suggestions: SuggestionList;
  private readonly foot: HTMLElement;
  private draftId: string | undefined;
  private isPublishing = false;

  constructor(private readonly tools: DeskTools) {
    const { desk, templates, versions } = tools;
    this.conversation = desk.handle;
    this.suggestions = new SuggestionList(desk);
    const send = (): void => {
      this.send();
    };
    this.field = new BlockField({
      'data-testid': 'draft',
      'aria-label': words.replyLabel,
      placeholder: words.replyPlaceholder,
      rows: '2',
    });
    this.mirror = new TextMirror(this.field.root);
    const picker = new TemplatePicker(this.field.root, templates, (text, start, end) => {
      this.insert(text, start, end);
    });
    this.assistant = new AssistantBar(tools, () => this.draftId);
    this.sendButton = element(
      'button',
      { type: 'button', class: 'primary', 'data-testid': 'draft-send', click: send },
      words.send,
    );
    const suggest = linkButton(words.suggest, 'draft-suggest', () => {
      this.suggest();
    });
    const history = linkButton(words.versions, 'draft-versions', () => {
      if (this.draftId !== undefined) {
        void versions.open(this.conversation.id, this.draftId);
      }
    });
    this.foot = element('span', { class: 'tool-group' }, suggest, history);
    this.root = element(
      'div',
      { class: 'draft', 'data-testid': 'draft-editor' },
      this.notice,
      this.begunBy,
      element('div', { class: 'composer-row' }, this.mirror.root, this.sendButton),
      picker.root,
      this.suggestions.root,
      element('div', { class: 'draft-foot' }, this.assistant.root, this.foot),
    );
    this.field.root.addEventListener('keydown', (event) => {
      const takesOver = isEscape(event) || (event.key === '.' && (event.ctrlKey || event.metaKey));
      if (takesOver && this.assistant.isRunning) {
        event.preventDefault();
        event.stopPropagation();
        this.assistant.takeOver();
      } else if (isSubmitKey(event, false)) {
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
    this.field.bind(this.conversation, draftId, this.tools.desk);
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
    setText(this.begunBy, block ? begunWords(block.author) : '');
    this.begunBy.hidden = !block || block.text === '';
    this.foot.hidden = !block || block.text === '';
    this.mirror.draw(block, block && caretsIn(this.conversation, block.id));
    this.assistant.draw();
    if (block) {
      this.suggestions.draw(block.id);
    }
    this.suggestions.root.hidden = !block;
    this.field.root.readOnly = this.isPublishing;
    this.sendButton.disabled = this.isPublishing || this.field.root.value.trim() === '';
    setText(this.sendButton, this.isPublishing ? words.sending : words.send);
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
        const { id } = this.conversation.createBlock({ kind: 'DRAFT' });
        // As an edit the first letter can be taken back, too.
        this.conversation.setText(id, text);
        this.take(id);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private insert(text: string, start: number, end: number): void {
    if (this.draftId !== undefined) {
      try {
        this.tools.desk.insert(this.draftId, text, start, end);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** For what is selected, or for all of it. */
  private suggest(): void {
    const { value, selectionStart, selectionEnd } = this.field.root;
    if (this.draftId !== undefined) {
      const isSome = selectionStart < selectionEnd;
      const start = isSome ? lengthOf(value.slice(0, selectionStart)) : 0;
      const end = isSome ? lengthOf(value.slice(0, selectionEnd)) : lengthOf(value);
      this.suggestions.begin(this.draftId, { start, end });
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
    this.tools.desk.publish(draftId).sent.then(finished, finished);
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

function lengthOf(text: string): number {
  return Array.from(text).length;
}
