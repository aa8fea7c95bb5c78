import type { ConversationHandle, ParleyErrorCode } from '../../src/index.ts';
import { element, setText } from './element.ts';
import { errorWords } from './words.ts';

/** What is wrong with a conversation, as long as it is. */
export class ProblemLine {
  readonly root = element('p', { class: 'problem', role: 'alert', 'data-testid': 'problem' });

  constructor(conversation: ConversationHandle, signal: AbortSignal) {
    let current: ParleyErrorCode | undefined;
    const draw = (): void => {
      setText(this.root, current === undefined ? '' : errorWords(current));
      this.root.hidden = current === undefined;
    };
    conversation.on(
      'error',
      ({ code }) => {
        current = code;
        draw();
      },
      signal,
    );
    conversation.on(
      'update',
      () => {
        // Opening went well in the end; that the device cannot store stays true.
        if (conversation.isOpen && current !== 'NOT_SAVED') {
          current = undefined;
          draw();
        }
      },
      signal,
    );
    draw();
  }
}
