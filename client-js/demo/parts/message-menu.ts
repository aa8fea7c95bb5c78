import type { Message } from '../../src/index.ts';
import type { DeskTools } from './desk-tools.ts';
import { element } from './element.ts';
import { linkButton } from './link-button.ts';
import { isRecalled } from './timeline.ts';
import { words } from './words.ts';

/** What staff can do with a message, behind one button. */
export class MessageMenu {
  readonly button: HTMLButtonElement;
  readonly root = element('p', { class: 'message-menu', role: 'group', 'aria-label': words.more });
  private readonly pin: HTMLButtonElement;
  private readonly merge: HTMLButtonElement;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly suggest: HTMLButtonElement;
  private readonly redact: HTMLButtonElement;
  private message: Message;

  constructor(
    private readonly tools: DeskTools,
    message: Message,
    suggest: () => void,
  ) {
    this.message = message;
    const { desk, versions } = tools;
    this.button = linkButton(words.more, 'message-more', () => {
      this.root.hidden = !this.root.hidden;
      this.button.setAttribute('aria-expanded', String(!this.root.hidden));
    });
    this.button.setAttribute('aria-expanded', 'false');
    this.root.hidden = true;
    this.pin = linkButton(words.pin, 'message-pin', () => {
      if (this.message.attributes.has('pinned')) {
        desk.unpin(this.message.id);
      } else {
        desk.pin(this.message.id);
      }
    });
    this.merge = linkButton(words.merge, 'message-merge', () => {
      const above = this.mergeable();
      if (above !== undefined) {
        desk.merge(this.message.id, above);
      }
    });
    this.up = linkButton(words.moveUp, 'message-up', () => {
      this.move(-1);
    });
    this.down = linkButton(words.moveDown, 'message-down', () => {
      this.move(1);
    });
    this.suggest = linkButton(words.suggestChange, 'message-suggest', suggest);
    const history = linkButton(words.versions, 'message-versions', () => {
      void versions.open(desk.handle.id, this.message.id);
    });
    this.redact = linkButton(words.redact, 'message-redact', () => {
      if (confirm(words.askRedact)) {
        desk.redact(this.message.id);
      }
    });
    this.redact.classList.add('danger');
    this.root.addEventListener('click', () => {
      this.close();
    });
    this.root.append(this.pin, this.merge, this.up, this.down, this.suggest, history, this.redact);
  }

  private close(): void {
    this.root.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
  }

  draw(message: Message): void {
    this.message = message;
    const stands = !isRecalled(message) && !message.erased;
    const isMessage = message.kind === 'MESSAGE';
    this.button.hidden = message.revision === 0;
    this.pin.hidden = !isMessage || !stands;
    this.pin.textContent = message.attributes.has('pinned') ? words.unpin : words.pin;
    this.merge.hidden = !isMessage || !stands || this.mergeable() === undefined;
    this.suggest.hidden = !stands;
    this.redact.hidden = message.erased || this.tools.client.author.role !== 'ADMIN';
  }

  /** The message right above, if it is by the same side. */
  private mergeable(): string | undefined {
    const { handle } = this.tools.desk;
    const messages = handle.messages().filter((each) => handle.isChangeable(each.id) && !isRecalled(each));
    const above = messages[messages.findIndex(({ id }) => id === this.message.id) - 1];
    const isSameSide = (above?.author.role === 'VISITOR') === (this.message.author.role === 'VISITOR');
    return above && isSameSide ? above.id : undefined;
  }

  private move(step: -1 | 1): void {
    const { desk } = this.tools;
    const list = desk.timeline();
    const other = list[list.findIndex(({ id }) => id === this.message.id) + step];
    if (other) {
      desk.move(this.message.id, step < 0 ? { before: other.id } : { after: other.id });
    }
  }
}
