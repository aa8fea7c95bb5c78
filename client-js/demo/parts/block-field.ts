import type { DeskConversation } from '../../src/desk/index.ts';
import { bindUndo } from '../../src/desk/undo-keys.ts';
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

  /** `desk`: whose undo and redo the field has, if it is not the browser's. */
  bind(conversation: ConversationHandle, blockId: string, desk?: DeskConversation): void {
    this.release();
    this.root.dataset['block'] = blockId;
    const onError = ({ code }: ParleyError): void => {
      this.root.setCustomValidity(errorWords(code));
      this.root.reportValidity();
    };
    const endings = [bindText(this.root, conversation, blockId, { onError })];
    if (desk) {
      endings.push(bindUndo(this.root, desk, blockId));
    }
    this.unbind = () => {
      endings.forEach((end) => {
        end();
      });
    };
  }

  release(): void {
    this.unbind?.();
    this.unbind = undefined;
    delete this.root.dataset['block'];
  }
}
