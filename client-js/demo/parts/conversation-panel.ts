import type { Announcer } from './announcer.ts';
import { Attention } from './attention.ts';
import { Composer } from './composer.ts';
import { ConversationTools } from './conversation-tools.ts';
import type { DeskTools } from './desk-tools.ts';
import { isRefusedPublication } from './draft-editor.ts';
import { DraftList } from './draft-list.ts';
import { element, setText } from './element.ts';
import { MessageList } from './message-list.ts';
import { PeerBar } from './peer-bar.ts';
import { PinnedBar } from './pinned-bar.ts';
import { ProblemLine } from './problem-line.ts';
import { ReadMarker } from './read-marker.ts';
import { TopicBar } from './topic-bar.ts';
import { UnsentList } from './unsent-list.ts';
import { words } from './words.ts';

export interface ConversationPanelOptions {
  readonly tools: DeskTools;
  readonly announcer: Announcer;
  /** Told whenever the agent has the newest message before the eyes. */
  readonly seen: () => void;
}

/** One conversation as agents see it: messages and notes, the shared reply, a field for notes. */
export class ConversationPanel {
  readonly root: HTMLElement;
  private readonly body = element('div', { class: 'conversation-body' });
  private readonly title = element('h2', { tabindex: '-1', 'data-testid': 'conversation-title' }, element('bdi'));
  private readonly messages: MessageList;
  private readonly drafts: DraftList;
  private readonly note: Composer;
  private readonly modes: readonly HTMLButtonElement[];
  private readonly readMarker: ReadMarker;
  private readonly listening = new AbortController();

  constructor(private readonly options: ConversationPanelOptions) {
    const { tools, announcer, seen } = options;
    const { client, desk } = tools;
    const conversation = desk.handle;
    const { signal } = this.listening;
    this.messages = new MessageList(
      { conversation, announcer, self: () => client.author, emptyWords: words.noMessagesYet, tools },
      signal,
    );
    this.drafts = new DraftList(tools, signal);
    this.note = new Composer({
      id: 'note',
      label: words.noteLabel,
      placeholder: words.notePlaceholder,
      button: words.addNote,
      sendsOnEnter: false,
      submit: (text) => {
        conversation.createBlock({ kind: 'NOTE', text });
        this.messages.showEnd();
      },
    });
    const unsent = new UnsentList(
      {
        conversation,
        againWords: words.intoDraft,
        again: (text) => {
          conversation.createBlock({ kind: 'DRAFT', text });
        },
        isShownElsewhere: (each) => isRefusedPublication(each) && conversation.block(each.block)?.kind === 'DRAFT',
      },
      signal,
    );
    const peers = new PeerBar(conversation, signal);
    this.modes = [
      this.modeButton(words.reply, 'mode-reply', false),
      this.modeButton(words.internalNote, 'mode-note', true),
    ];
    this.root = element(
      'section',
      { class: 'conversation-panel', 'data-testid': 'conversation' },
      element(
        'header',
        { class: 'conversation-head' },
        element('a', { href: '#', class: 'back', 'data-testid': 'back', 'aria-label': words.backToList }, words.back),
        this.title,
        peers.root,
        new ConversationTools(tools, signal).root,
      ),
      new ProblemLine(conversation, signal).root,
      this.body,
    );
    this.body.append(
      new TopicBar(conversation, true, signal).root,
      new PinnedBar(desk, true, signal).root,
      this.messages.root,
      unsent.root,
      element(
        'div',
        { class: 'answer' },
        element(
          'div',
          { class: 'modes' },
          element('span', { class: 'tool-group', role: 'group', 'aria-label': words.whatToWrite }, ...this.modes),
          peers.typing,
        ),
        this.drafts.root,
        this.note.root,
        element('p', { class: 'hint' }, words.howToSend),
      ),
    );
    this.setMode(false);
    conversation.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    this.readMarker = new ReadMarker(conversation, () => this.messages.showsEnd, seen, signal);
    new Attention({ conversation, root: this.root, isShown: () => true }, signal);
    this.draw();
  }

  focus(): void {
    this.title.focus();
  }

  /** Marks as read what the agent sees. */
  look(): void {
    this.readMarker.look();
  }

  /** Nothing of the conversation is shown any more; what was written still goes out. */
  close(): void {
    this.listening.abort();
    this.options.tools.desk.handle.close();
    this.root.remove();
  }

  private draw(): void {
    const conversation = this.options.tools.desk.handle;
    const attributes = conversation.attributes();
    this.body.hidden = !conversation.isOpen && conversation.revision === 0;
    const name = attributes.get('visitorName') ?? attributes.get('visitor') ?? words.conversation;
    if (this.title.firstElementChild) {
      setText(this.title.firstElementChild, name);
    }
  }

  private modeButton(words: string, testId: string, isNote: boolean): HTMLButtonElement {
    const click = (): void => {
      this.setMode(isNote);
      if (isNote) {
        this.note.field.focus();
      } else {
        this.drafts.focus();
      }
    };
    return element('button', { type: 'button', 'data-testid': testId, click }, words);
  }

  private setMode(isNote: boolean): void {
    this.modes.forEach((button, i) => {
      button.setAttribute('aria-pressed', String((i === 1) === isNote));
    });
    this.drafts.root.hidden = isNote;
    this.note.root.hidden = !isNote;
  }
}
