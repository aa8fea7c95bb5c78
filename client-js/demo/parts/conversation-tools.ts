import type { DeskTools } from './desk-tools.ts';
import { element, setChildren, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { assigneeWords, removeTagWords, words } from './words.ts';

const TAG = 'tag/';

/** Who answers, tags, and whether the conversation is closed. */
export class ConversationTools {
  readonly root: HTMLElement;
  private readonly assignee = element('span', { 'data-testid': 'assignee' });
  private readonly take: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;
  private readonly tags = element('ul', { class: 'tags', 'aria-label': words.tags, 'data-testid': 'tags' });
  private readonly tagButtons = new Map<string, HTMLLIElement>();
  private readonly tagField: HTMLInputElement;
  private readonly state = element('span', { class: 'state-closed', 'data-testid': 'state' }, words.closed);
  private readonly closeButton: HTMLButtonElement;
  private readonly reopenButton: HTMLButtonElement;

  constructor(
    private readonly tools: DeskTools,
    signal: AbortSignal,
  ) {
    const { desk, client } = tools;
    this.take = linkButton(words.take, 'take', () => {
      desk.assign(client.author.subject);
    });
    this.leave = linkButton(words.leave, 'leave-conversation', () => {
      desk.assign('');
    });
    this.closeButton = linkButton(words.close, 'close-conversation', () => {
      desk.closeConversation();
    });
    this.reopenButton = linkButton(words.reopen, 'reopen-conversation', () => {
      desk.reopenConversation();
    });
    this.tagField = element('input', {
      class: 'tag-field',
      'aria-label': words.addTag,
      placeholder: words.tag,
      maxlength: '24',
      autocomplete: 'off',
      'data-testid': 'tag-field',
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      const tag = this.tagField.value
        .trim()
        .toLowerCase()
        .replace(/[\s/]+/gu, '-');
      if (tag !== '') {
        desk.tag('', tag);
        this.tagField.value = '';
      }
    };
    this.root = element(
      'div',
      { class: 'conversation-tools' },
      this.state,
      element('span', { class: 'tool-group' }, this.assignee, this.take, this.leave),
      this.tags,
      element('form', { submit }, this.tagField),
      element('span', { class: 'tool-group' }, this.closeButton, this.reopenButton),
    );
    for (const event of ['update', 'peers'] as const) {
      desk.handle.on(
        event,
        () => {
          this.draw();
        },
        signal,
      );
    }
    this.draw();
  }

  private draw(): void {
    const { client, desk, people } = this.tools;
    people.met(desk.handle.peers().map(({ author }) => author));
    const attributes = desk.handle.attributes();
    const assignee = attributes.get('assignee') ?? '';
    const isMine = assignee !== '' && assignee === client.author.subject;
    setText(this.assignee, isMine ? words.youHaveIt : assigneeWords(people.nameOf(assignee)));
    this.take.hidden = isMine;
    this.leave.hidden = !isMine;
    const isClosed = attributes.get('state') === 'closed';
    this.state.hidden = !isClosed;
    this.closeButton.hidden = isClosed;
    this.reopenButton.hidden = !isClosed;
    const tags = [...attributes.keys()].filter((key) => key.startsWith(TAG)).map((key) => key.slice(TAG.length));
    setChildren(
      this.tags,
      tags.sort().map((tag) => this.tagButton(tag)),
    );
  }

  private tagButton(tag: string): HTMLLIElement {
    const known = this.tagButtons.get(tag);
    if (known) {
      return known;
    }
    const remove = linkButton('×', 'tag-remove', () => {
      this.tools.desk.tag('', tag, false);
    });
    remove.setAttribute('aria-label', removeTagWords(tag));
    const made = element('li', { class: 'tag', 'data-testid': 'tag' }, element('bdi', {}, tag), remove);
    this.tagButtons.set(tag, made);
    return made;
  }
}
