import { type ConversationHandle, transformCursor } from '../../src/index.ts';
import { element } from './element.ts';

/** A text field that can be bound to a block, so that whoever else writes in it is seen at once. */
export class TextField {
  readonly root: HTMLTextAreaElement;
  private binding: AbortController | undefined;
  private composing = false;

  constructor(attributes: Readonly<Record<string, string>>) {
    this.root = element('textarea', { dir: 'auto', rows: '1', ...attributes });
    this.root.addEventListener('compositionstart', () => {
      this.composing = true;
    });
    this.root.addEventListener('compositionend', () => {
      this.composing = false;
    });
  }

  get isComposing(): boolean {
    return this.composing;
  }

  bind(conversation: ConversationHandle, blockId: string): void {
    this.release();
    this.binding = new AbortController();
    const { signal } = this.binding;
    const { root } = this;
    const text = conversation.block(blockId)?.text ?? '';
    if (root.value !== text) {
      root.value = text;
    }
    const type = (): void => {
      if (!this.composing && conversation.block(blockId)) {
        conversation.setText(blockId, root.value, root.selectionEnd);
      }
    };
    root.addEventListener('input', type, { signal });
    root.addEventListener('compositionend', type, { signal });
    conversation.on(
      'change',
      ({ blockId: changed, edit, origin }) => {
        if (changed === blockId && edit && origin === 'remote' && !this.composing) {
          const before = root.value;
          const points = (i: number): number => Array.from(before.slice(0, i)).length;
          const after = conversation.block(blockId)?.text ?? '';
          const place = (i: number): number =>
            Array.from(after)
              .slice(0, transformCursor(points(i), edit, false))
              .join('').length;
          const [start, end] = [place(root.selectionStart), place(root.selectionEnd)];
          root.value = after;
          root.setSelectionRange(start, end);
        }
      },
      signal,
    );
  }

  release(): void {
    this.binding?.abort();
    this.binding = undefined;
  }
}
