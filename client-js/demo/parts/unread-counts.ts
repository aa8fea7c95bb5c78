import type { Client, ConversationHandle } from '../../src/index.ts';

/** More are not followed at a time. */
const FOLLOWED_MAX = 20;

interface Followed {
  readonly handle: ConversationHandle;
  readonly stop: () => void;
}

/** How many messages are unread: of the conversations where some are, which are followed for that as long as it is so. */
export class UnreadCounts {
  private readonly followed = new Map<string, Followed>();

  constructor(
    private readonly client: Client,
    private readonly changed: () => void,
  ) {}

  /** Follows these, the most recent first, from now on. `shown`: the one that somebody else closes. */
  follow(conversations: readonly string[], shown: string): void {
    const wanted = conversations.slice(0, FOLLOWED_MAX);
    this.followed.forEach(({ handle, stop }, id) => {
      if (!wanted.includes(id)) {
        this.followed.delete(id);
        stop();
        if (id !== shown) {
          handle.close();
        }
      }
    });
    for (const id of wanted) {
      const handle = this.client.conversation({ id });
      const known = this.followed.get(id);
      if (known?.handle !== handle) {
        known?.stop();
        this.followed.set(id, { handle, stop: handle.on('update', this.changed) });
      }
    }
  }

  /** Undefined where it is not known, or not yet. */
  of(conversation: string): number | undefined {
    const handle = this.followed.get(conversation)?.handle;
    return handle?.isOpen ? handle.unread() : undefined;
  }
}
