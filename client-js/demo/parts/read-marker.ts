import type { ConversationHandle } from '../../src/index.ts';

/** Marks as read what the reader has before the eyes: the page visible and focused, and `isShown` says so too. */
export class ReadMarker {
  constructor(
    private readonly conversation: ConversationHandle,
    private readonly isShown: () => boolean,
    private readonly seen: () => void,
    signal: AbortSignal,
  ) {
    const look = (): void => {
      this.look();
    };
    conversation.on('update', look, signal);
    document.addEventListener('visibilitychange', look, { signal });
    window.addEventListener('focus', look, { signal });
    document.addEventListener('scroll', look, { capture: true, passive: true, signal });
  }

  look(): void {
    if (document.visibilityState !== 'visible' || !document.hasFocus() || !this.isShown()) {
      return;
    }
    const others = this.conversation.messages().filter(({ isOwn }) => !isOwn);
    const newest = others[others.length - 1];
    // Only as far as the newest message: markers are entries too, and following those would never end.
    if (newest && newest.revision > 0) {
      this.conversation.advance('read', newest.revision);
    }
    this.seen();
  }
}
