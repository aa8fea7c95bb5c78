import { type ConversationHandle, type ParleyError, bindText } from '../../src/index.ts';
import { element } from './element.ts';
import { errorWords } from './words.ts';

/** A text area that writes into a block, or for a while into none. */
export class BlockField {
  readonly root: HTMLTextAreaElement;
  private unbind: (() => void) | undefined;
  private composing = false;

  constructor(attributes: Readonly<Record<string, string>>) {
    this.root = element('textarea', { dir: 'auto', rows: '1', ...attributes });
    this.root.addEventListener('compositionstart', () => {
      this.composing = true;
    });
    this.root.addEventListener('compositionend', () => {
      this.composing = false;
    });
    this.root.addEventListener('input', () => {
      this.root.setCustomValidity('');
    });
  }

  get isComposing(): boolean {
    return this.composing;
  }

  bind(conversation: ConversationHandle, blockId: string): void {
    this.release();
    const onError = ({ code }: ParleyError): void => {
      this.root.setCustomValidity(errorWords(code));
      this.root.reportValidity();
    };
    this.unbind = bindText(this.root, conversation, blockId, { onError });
  }

  release(): void {
    this.unbind?.();
    this.unbind = undefined;
  }
}
