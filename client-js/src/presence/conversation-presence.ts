import type { Clock } from '../clock.ts';
import type { Replica } from '../conversation/replica.ts';
import type { Author, Blocks, ClientFrame, Cursor, Entry, Init, Peers, Peer as PeerRow, View } from '../wire/wire.ts';

/** A selection in the text of a block as it is displayed, in code points; `end` is where the caret is. */
export interface TextCursor {
  readonly block: string;
  readonly start: number;
  readonly end: number;
}

/** Somebody else who looks at the conversation. */
export interface Peer {
  /** For visitors without subject and name: somebody of the staff. */
  readonly author: Author;
  /** Who may know that the peer types; undefined: does not type. */
  readonly typing: 'PUBLIC' | 'STAFF' | undefined;
  /** At desks alone. */
  readonly cursor: TextCursor | undefined;
}

/** What the user does in a conversation. Nothing: looks at it. */
export interface Activity {
  /** `true` is what is safe: among staff for staff, for everybody as a visitor. */
  readonly typing?: boolean | 'PUBLIC' | 'STAFF';
  /** At desks alone. */
  readonly cursor?: TextCursor | undefined;
}

/** @internal Moves cursors between the text that is displayed and the one that the log has. Only desks have it. */
export interface Cursors {
  confirmed(cursor: TextCursor): Cursor | undefined;
  displayed(author: Author): TextCursor | undefined;
  receive(peers: readonly PeerRow[]): void;
  /** The replica has taken these entries in, which are all there are after `from`. */
  follow(entries: readonly Entry[], from: number): void;
  /** The replica has blocks instead of entries. */
  replaced(blocks: Blocks): void;
}

/** What it needs of the conversation's link. */
export interface PresenceHost {
  readonly clock: Clock;
  readonly handle: number;
  readonly replica: Replica;
  send(frames: readonly Init<ClientFrame>[]): void;
}

interface Signalled {
  readonly typing: View;
  readonly cursor: Cursor | undefined;
}

const SIGNAL_MILLIS = 100;
/** The gateway forgets that somebody types unless it is told again. */
const REPEAT_MILLIS = 3_000;
const IDLE: Signalled = { typing: 'VIEW_UNSPECIFIED', cursor: undefined };

/** Who looks at a conversation, and what is told of the user. */
export class ConversationPresence {
  /** @internal */
  cursors: Cursors | undefined;
  private rows: readonly PeerRow[] = [];
  private wanted: Signalled | undefined;
  private said = '';
  private saidAtMillis = -Infinity;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly host: PresenceHost,
    private readonly changed: () => void,
  ) {}

  peers(): Peer[] {
    const { self } = this.host.replica;
    return this.rows.flatMap(({ author, typing }) =>
      author && !isSame(author, self)
        ? [
            {
              author,
              typing: typing === 'VIEW_UNSPECIFIED' ? undefined : typing,
              cursor: this.cursors?.displayed(author),
            },
          ]
        : [],
    );
  }

  /** Tells what the user does, at most ten times a second, and the same again only after a while. */
  signal({ typing = false, cursor }: Activity): void {
    const safe = this.host.replica.self.role === 'VISITOR' ? 'PUBLIC' : 'STAFF';
    this.wanted = {
      typing: typing === false ? IDLE.typing : typing === true ? safe : typing,
      cursor: cursor && this.cursors?.confirmed(cursor),
    };
    const waitMillis = this.saidAtMillis + SIGNAL_MILLIS - this.host.clock.nowMillis();
    if (waitMillis <= 0) {
      this.say();
    } else {
      this.cancel ??= this.host.clock.after(waitMillis, () => {
        this.say();
      });
    }
  }

  /** The user does not look any more. */
  away(): void {
    if (this.wanted && this.host.handle !== 0) {
      this.host.send([{ signal: { handle: this.host.handle, away: true } }]);
    }
    this.wanted = undefined;
    this.disconnected();
  }

  opened(): void {
    this.said = '';
    if (this.wanted) {
      this.wanted = IDLE;
      this.say();
    }
  }

  disconnected(): void {
    this.stopWaiting();
    if (this.rows.length > 0) {
      this.rows = [];
      this.changed();
    }
  }

  receive({ peers }: Peers): void {
    this.rows = peers;
    this.cursors?.receive(peers);
    this.changed();
  }

  private say(): void {
    this.stopWaiting();
    const { wanted } = this;
    const { handle, clock } = this.host;
    const nowMillis = clock.nowMillis();
    const saying = JSON.stringify({ ...wanted, cursor: wanted?.cursor && { ...wanted.cursor, revision: 0 } });
    if (wanted && handle !== 0 && (saying !== this.said || nowMillis - this.saidAtMillis >= REPEAT_MILLIS)) {
      this.said = saying;
      this.saidAtMillis = nowMillis;
      this.host.send([{ signal: { handle, ...wanted } }]);
    }
  }

  private stopWaiting(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}

/** A subject may be a visitor's and an agent's. */
export function isSame(one: Author, other: Author): boolean {
  return one.subject === other.subject && (one.role === 'VISITOR') === (other.role === 'VISITOR');
}
