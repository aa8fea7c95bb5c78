import type { DeskConversation } from '../../src/desk/index.ts';
import type { Block } from '../../src/index.ts';
import { element, setChildren, setText } from './element.ts';
import { linkButton } from './link-button.ts';
import { words } from './words.ts';

/** The pinned messages, in the agents' order, which they can change. */
export class PinnedBar {
  readonly root: HTMLElement;
  private readonly list = element('ol', { class: 'pinned', 'data-testid': 'pinned' });
  private readonly items = new Map<string, PinnedItem>();

  constructor(
    private readonly desk: DeskConversation,
    private readonly isArranged: boolean,
    signal: AbortSignal,
  ) {
    this.root = element('section', { class: 'pinned-bar', 'aria-label': words.pinnedMessages }, this.list);
    desk.handle.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    this.draw();
  }

  private draw(): void {
    const pinned = this.desk.pinned().filter(({ attributes }) => !attributes.has('recalled'));
    setChildren(
      this.list,
      pinned.map((block, i) => {
        const item = this.items.get(block.id) ?? new PinnedItem(this.desk, block.id, this.isArranged);
        this.items.set(block.id, item);
        item.draw(block, pinned[i - 1], pinned[i + 1]);
        return item.root;
      }),
    );
    this.root.hidden = pinned.length === 0;
  }
}

class PinnedItem {
  readonly root: HTMLLIElement;
  private readonly text = element('span', { class: 'pinned-text', dir: 'auto', 'data-testid': 'pinned-text' });
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private before: Block | undefined;
  private after: Block | undefined;

  constructor(desk: DeskConversation, id: string, isArranged: boolean) {
    this.up = linkButton('↑', 'pinned-up', () => {
      desk.pin(id, { before: this.before?.id });
    });
    this.down = linkButton('↓', 'pinned-down', () => {
      desk.pin(id, { after: this.after?.id });
    });
    this.up.setAttribute('aria-label', words.moveUp);
    this.down.setAttribute('aria-label', words.moveDown);
    const unpin = linkButton(words.unpin, 'pinned-unpin', () => {
      desk.unpin(id);
    });
    this.root = element('li', {}, this.text, ...(isArranged ? [this.up, this.down, unpin] : []));
  }

  draw({ text }: Block, before: Block | undefined, after: Block | undefined): void {
    this.before = before;
    this.after = after;
    setText(this.text, text);
    this.up.disabled = !before;
    this.down.disabled = !after;
  }
}
