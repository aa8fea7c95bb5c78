import type { Block, ConversationHandle } from '../../src/index.ts';
import { BlockField } from './block-field.ts';
import { element, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { words } from './words.ts';

/** The introduction of the conversation. Agents write it together, visitors read it. */
export class TopicBar {
  readonly root: HTMLElement;
  private readonly text = element('p', { class: 'topic-text', dir: 'auto', 'data-testid': 'topic' });
  private readonly editButton: HTMLButtonElement;
  private readonly field = new BlockField({
    'aria-label': words.introductionLabel,
    'data-testid': 'topic-field',
  });
  private readonly doneButton: HTMLButtonElement;
  private isEdited = false;

  constructor(
    private readonly conversation: ConversationHandle,
    private readonly isEditable: boolean,
    signal: AbortSignal,
  ) {
    this.editButton = linkButton(words.edit, 'topic-edit', () => {
      this.edit();
    });
    this.doneButton = linkButton(words.done, 'topic-done', () => {
      this.isEdited = false;
      this.field.release();
      this.draw();
    });
    this.root = element(
      'section',
      { class: 'topic', 'aria-label': words.introduction },
      this.text,
      this.field.root,
      this.editButton,
      this.doneButton,
    );
    conversation.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    signal.addEventListener('abort', () => {
      this.field.release();
    });
    this.draw();
  }

  private topic(): Block | undefined {
    return this.conversation.blocks('TOPIC').find(({ erased, attributes }) => !erased && !attributes.has('recalled'));
  }

  private edit(): void {
    const id = this.topic()?.id ?? this.conversation.createBlock({ kind: 'TOPIC' }).id;
    this.isEdited = true;
    this.field.bind(this.conversation, id);
    this.draw();
    this.field.root.focus();
  }

  private draw(): void {
    const text = this.topic()?.text.trim() ?? '';
    setText(this.text, text);
    this.text.hidden = this.isEdited || text === '';
    this.field.root.hidden = !this.isEdited;
    this.doneButton.hidden = !this.isEdited;
    this.editButton.hidden = !this.isEditable || this.isEdited;
    this.editButton.textContent = text === '' ? words.addIntroduction : words.edit;
    this.root.hidden = !this.isEditable && text === '';
  }
}
