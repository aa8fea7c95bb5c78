import type { Author, ConversationHandle, Message } from '../../src/index.ts';
import { element, setAttribute, setText } from './element.ts';
import type { DeskTools } from './desk-tools.ts';
import { statusIcon } from './icons.ts';
import { isEscape, isSubmitKey } from './submit-key.ts';
import { BlockField } from './block-field.ts';
import { linkButton } from './link-button.ts';
import { MessageMenu } from './message-menu.ts';
import { ReactionBar } from './reaction-bar.ts';
import { SuggestionList } from './suggestion-list.ts';
import { isFresh, isRecalled } from './timeline.ts';
import { authorWords, STATUS, STATUS_EXPLAINED, timeWords, words } from './words.ts';

/** How a message stands among the others. */
export interface Place {
  /** Whether the reader's side wrote it. */
  readonly isOwnSide: boolean;
  /** Whether its author is named above it. */
  readonly isNamed: boolean;
}

/** One message, or one internal note. Its author can change it in place. */
export class MessageView {
  readonly root: HTMLLIElement;
  private readonly author = element('bdi', {});
  private readonly text = element('p', { class: 'bubble-text', dir: 'auto', 'data-testid': 'message-text' });
  private readonly bubble = element('div', { class: 'bubble' }, this.text);
  private readonly time = element('time', {});
  private readonly edited = element('span', { class: 'edited', 'data-testid': 'message-edited' }, words.edited);
  private readonly status = element('span', { class: 'status', 'data-testid': 'message-status' });
  private readonly actions = element('span', { class: 'actions' });
  private readonly editButton: HTMLButtonElement;
  private readonly recallButton: HTMLButtonElement;
  private readonly restoreButton: HTMLButtonElement;
  private readonly reactions: ReactionBar;
  private readonly menu: MessageMenu | undefined;
  private readonly suggestions: SuggestionList | undefined;
  private readonly heading: HTMLElement;
  private editor: { readonly field: BlockField; readonly root: HTMLElement } | undefined;
  private message: Message;

  constructor(
    private readonly conversation: ConversationHandle,
    message: Message,
    self: () => Author,
    private readonly tools?: DeskTools,
  ) {
    this.message = message;
    this.reactions = new ReactionBar(conversation, message.id, self);
    if (tools) {
      const suggestions = new SuggestionList(tools.desk);
      this.suggestions = suggestions;
      this.menu = new MessageMenu(tools, message, () => {
        suggestions.begin(this.message.id, this.selectedText());
      });
    }
    this.editButton = linkButton(words.edit, 'message-edit', () => {
      this.edit();
    });
    this.recallButton = linkButton(words.recall, 'message-recall', () => {
      this.conversation.setAttribute(this.message.id, 'recalled', '1');
    });
    this.restoreButton = linkButton(words.restore, 'message-restore', () => {
      this.conversation.setAttribute(this.message.id, 'recalled', '');
    });
    this.actions.append(this.editButton, this.recallButton, this.restoreButton);
    this.heading = element('p', { class: 'message-author' }, this.author);
    this.root = element(
      'li',
      { class: 'message', 'data-testid': 'message', 'data-block-id': message.id },
      this.heading,
      this.bubble,
      this.reactions.root,
      element('p', { class: 'message-meta' }, this.time, this.edited, this.status, this.actions),
      ...(this.suggestions ? [this.suggestions.root] : []),
    );
    if (this.menu) {
      this.actions.append(this.menu.button);
      this.root.append(this.menu.root);
    }
  }

  update(message: Message, { isOwnSide, isNamed }: Place): void {
    this.message = message;
    const recalled = isRecalled(message);
    if (recalled || message.erased) {
      this.stopEditing();
    }
    this.root.classList.toggle('own-side', isOwnSide);
    this.root.classList.toggle('note', message.kind === 'NOTE');
    this.root.classList.toggle('recalled', recalled);
    this.heading.hidden = !isNamed;
    setText(this.author, authorWords(message.author, message.isOwn, message.kind === 'NOTE'));
    this.drawText(recalled);
    this.drawTime();
    this.edited.hidden = message.edited === 0;
    this.drawStatus();
    this.drawActions();
    this.reactions.draw(message);
    this.reactions.root.hidden ||= recalled || message.erased;
    this.menu?.draw(message);
    this.suggestions?.draw(message.id);
  }

  /** What of the text is selected, in code points; all of it if nothing is. */
  private selectedText(): { readonly start: number; readonly end: number } {
    const selection = getSelection();
    const range = selection?.rangeCount ? selection.getRangeAt(0) : undefined;
    const isHere = range && !range.collapsed && range.commonAncestorContainer.parentNode === this.text;
    const [from, to] = isHere ? [range.startOffset, range.endOffset] : [0, this.message.text.length];
    const before = Array.from(this.message.text.slice(0, from)).length;
    return { start: before, end: before + Array.from(this.message.text.slice(from, to)).length };
  }

  /** Goes on with what is being edited in a view that is about to go. */
  editAfter(other: MessageView): void {
    const before = other.editor?.field.root;
    if (!before || this.editor) {
      return;
    }
    const { selectionStart, selectionEnd } = before;
    this.edit().setSelectionRange(selectionStart, selectionEnd);
  }

  /** The text field lets go of the conversation. */
  detach(): void {
    this.editor?.field.release();
  }

  private drawText(recalled: boolean): void {
    const { text, isOwn, erased } = this.message;
    const stands = erased ? words.removed : recalled ? (isOwn ? words.youRecalled : words.recalled) : text;
    setText(this.text, stands.trim() === '' ? words.noText : stands);
    this.text.classList.toggle('stand-in', erased || recalled || stands.trim() === '');
  }

  private drawTime(): void {
    const { timeMillis, composedAtMillis } = this.message;
    const written = composedAtMillis > 0 && timeWords(composedAtMillis) !== timeWords(timeMillis);
    const shown = timeMillis || composedAtMillis;
    setAttribute(this.time, 'datetime', new Date(shown).toISOString());
    setAttribute(this.time, 'title', new Date(shown).toLocaleString('en'));
    setText(
      this.time,
      written ? `${timeWords(timeMillis)} (written ${timeWords(composedAtMillis)})` : timeWords(shown),
    );
  }

  private drawStatus(): void {
    const { status } = this.message;
    this.status.hidden = status === undefined;
    if (status !== undefined && this.root.dataset['status'] !== status) {
      const words = element('span', {}, STATUS[status]);
      this.status.replaceChildren(statusIcon(status), words);
      setAttribute(this.status, 'title', STATUS_EXPLAINED[status]);
    }
    setAttribute(this.root, 'data-status', status);
  }

  private drawActions(): void {
    const { id, isOwn, kind } = this.message;
    const recalled = isRecalled(this.message);
    const isNote = kind === 'NOTE';
    const isAdmin = this.tools?.client.author.role === 'ADMIN';
    const isChangeable = this.conversation.isChangeable(id);
    const may = isChangeable && (isAdmin || (isOwn && (this.tools !== undefined || isFresh(this.message))));
    this.actions.hidden = this.editor !== undefined;
    this.editButton.hidden = recalled || !(may || (isNote && isChangeable));
    this.recallButton.hidden = recalled || !may || isNote;
    this.restoreButton.hidden = !recalled || !may || isNote;
  }

  private edit(): HTMLTextAreaElement {
    const field = new BlockField({
      'data-testid': 'message-editor',
      'aria-label': words.editMessage,
    });
    const done = linkButton(words.done, 'message-done', () => {
      this.stopEditing();
      this.editButton.focus();
    });
    field.root.addEventListener('keydown', (event) => {
      if (isSubmitKey(event, true) || isEscape(event)) {
        event.preventDefault();
        event.stopPropagation();
        done.click();
      }
    });
    const root = element('div', { class: 'bubble-edit' }, field.root, done);
    this.editor = { field, root };
    this.text.hidden = true;
    this.drawActions();
    this.root.classList.add('editing');
    this.bubble.append(root);
    field.bind(this.conversation, this.message.id);
    field.root.focus();
    field.root.setSelectionRange(field.root.value.length, field.root.value.length);
    return field.root;
  }

  private stopEditing(): void {
    this.editor?.field.release();
    this.editor?.root.remove();
    this.editor = undefined;
    this.text.hidden = false;
    this.drawActions();
    this.root.classList.remove('editing');
  }
}
