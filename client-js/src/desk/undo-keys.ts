import type { DeskConversation } from './desk-conversation.ts';

/** What a `beforeinput` or `keydown` event is asked for. */
interface Asked extends Event {
  readonly inputType?: string;
  readonly key?: string;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly shiftKey?: boolean;
  readonly altKey?: boolean;
}

/**
 * Makes undo and redo of a field that is bound to a block, by keys or by menu, those of the conversation: the browser's own
 * know nothing of what others wrote. Returns how to end that.
 */
export function bindUndo(
  field: EventTarget,
  desk: DeskConversation,
  blockId: string,
  signal?: AbortSignal,
): () => void {
  const ending = new AbortController();
  const take = (event: Asked): void => {
    const asked = askedFor(event);
    if (asked) {
      event.preventDefault();
      desk[asked](blockId);
    }
  };
  field.addEventListener('beforeinput', take, { signal: ending.signal });
  field.addEventListener('keydown', take, { signal: ending.signal });
  const end = (): void => {
    ending.abort();
  };
  signal?.addEventListener('abort', end, { once: true });
  return end;
}

function askedFor({ type, inputType, key, ctrlKey, metaKey, shiftKey, altKey }: Asked): 'undo' | 'redo' | undefined {
  if (type === 'beforeinput') {
    return inputType === 'historyUndo' ? 'undo' : inputType === 'historyRedo' ? 'redo' : undefined;
  }
  const letter = (ctrlKey || metaKey) && !altKey ? key?.toLowerCase() : undefined;
  if (letter === 'z') {
    return shiftKey ? 'redo' : 'undo';
  }
  return letter === 'y' ? 'redo' : undefined;
}
