import { BackOff } from './back-off.ts';
import type { Surroundings } from './environment.ts';
import { ParleyError, type ParleyErrorCode } from './errors.ts';
import { Socket, type WebSocketConstructor } from './transport/socket.ts';
import { TransportChoice, type TransportName } from './transport/transport-choice.ts';
import { isGood } from './token.ts';
import { CloseCode, isFinal } from './wire/close-code.ts';
import { PROTOCOL_VERSION } from './wire/protocol.ts';
import type { ClientFrame, Init, ServerFrame, Welcome } from './wire/wire.ts';

/** Where a client is on the way to its gateway. */
export type ConnectionState =
  | { readonly name: 'idle' }
  /** On the way to a Welcome. */
  | { readonly name: 'connecting' }
  /** Catching up with the conversations that are open. */
  | { readonly name: 'syncing' }
  | { readonly name: 'live' }
  /** `suspended`: the page is hidden away, and connects when it comes back. */
  | {
      readonly name: 'waiting';
      readonly reason: 'lost' | 'token' | 'suspended';
      readonly retryAtMillis: number;
    }
  /** For good, until `connect()` is called again. What is in the outbox stays there. */
  | { readonly name: 'closed'; readonly code: number; readonly reason: ParleyErrorCode };

/** Who talks over the connection. */
export interface ConnectionUser {
  /** What is needed before dialling, such as the outbox of the token's principal. An error is final. */
  prepare(token: string): Promise<void>;
  /** What follows Hello in the same message. */
  greeting(): Init<ClientFrame>[];
  /** `isRefresh`: with a fresh token, on a connection that was welcomed already. */
  welcomed(welcome: Welcome, isRefresh: boolean): void;
  received(frame: ServerFrame): void;
  /** What was open is not any more. */
  disconnected(): void;
  /** The page goes to sleep, maybe for good. */
  suspended(): void;
  /** It is back. */
  resumed(): void;
  stateChanged(state: ConnectionState): void;
  failed(error: ParleyError): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: () => Promise<string>;
  /** Kept over reconnects: a newer connection of the same session supersedes the older. */
  readonly session: string;
  /** Name and version, for the operator. */
  readonly client: string;
  /** What to dial with, if it is not the page's own. */
  readonly WebSocket?: () => WebSocketConstructor | undefined;
}

const IMMEDIATE_TRY_MILLIS = 2_000;
/** After that it is asked for again. */
const TOKEN_MILLIS_MAX = 20_000;
/** After that the last one does for one more dial, while it is good. */
const NEWER_TOKEN_MILLIS_MAX = 3_000;
/** How long before a token expires it is replaced, unless it is short-lived. */
const REFRESH_MILLIS = 60_000;
const TIMER_MILLIS_MAX = 2 ** 31 - 1;

/** Keeps one socket to the gateway open, and comes back whenever it breaks. */
export class Connection {
  private current: ConnectionState = { name: 'idle' };
  private readonly backOff: BackOff;
  private readonly choice: TransportChoice;
  private socket: Socket | undefined;
  /** Counts dials, so that what an abandoned one still brings is told from the present one's. */
  private dials = 0;
  private dialledAtMillis = -Infinity;
  private failure: ParleyErrorCode | undefined;
  /** That the gateway did not refuse. */
  private lastToken: string | undefined;
  private cancelRetry: () => void = noop;
  private cancelRefresh: () => void = noop;
  private isWelcome = false;
  /** Of the leadership of the session; 0: none yet. */
  private fence = 0;
  private wakeUps: AbortController | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly around: Surroundings,
    private readonly user: ConnectionUser,
  ) {
    this.backOff = new BackOff(around.clock, around.random);
    this.choice = new TransportChoice(options.url, around, () => {
      this.redial();
    });
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Whether frames can be sent: Hello is on its way, at least. */
  get isOpen(): boolean {
    return this.socket?.isOpen ?? false;
  }

  get transport(): TransportName {
    return this.choice.name;
  }

  get roundTripMillis(): number | undefined {
    return this.socket?.roundTripMillis;
  }

  connect(): void {
    if (this.current.name === 'idle' || this.current.name === 'closed') {
      this.lastToken = undefined;
      this.backOff.reset();
      this.listen();
      this.dial();
    }
  }

  close(reason: ParleyErrorCode = 'CLOSED'): void {
    this.wakeUps?.abort();
    this.wakeUps = undefined;
    this.hangUp();
    this.setState({ name: 'closed', code: CloseCode.NORMAL, reason });
  }

  send(frames: readonly Init<ClientFrame>[]): void {
    this.socket?.send(frames);
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket?.sendBytes(bytes);
  }

  /** All that is open has caught up. */
  synced(): void {
    if (this.current.name === 'syncing') {
      this.backOff.reset();
      this.setState({ name: 'live' });
    }
  }

  private dial(): void {
    this.hangUp();
    const dial = ++this.dials;
    this.dialledAtMillis = this.around.clock.nowMillis();
    this.failure = undefined;
    this.setState({ name: 'connecting' });
    void this.dialWithToken(dial);
  }

  private dialWithToken(dial: number): Promise<void> {
    return this.withToken(
      dial,
      this.freshToken(this.lastToken),
      (token) => {
        this.openSocket(token);
      },
      () => {
        this.wait('token');
      },
    );
  }

  /** Gets a token and uses it, unless the dial that it was for is over by then. */
  private async withToken(
    dial: number,
    coming: Promise<string>,
    use: (token: string) => void,
    onFailure: () => void,
  ): Promise<void> {
    let token: string;
    try {
      token = await coming;
    } catch {
      if (dial === this.dials) {
        this.user.failed(new ParleyError('NO_TOKEN', true));
        onFailure();
      }
      return;
    }
    try {
      await this.user.prepare(token);
      if (dial === this.dials) {
        this.lastToken = token;
        use(token);
      }
    } catch (error) {
      if (dial === this.dials) {
        this.end(CloseCode.FORBIDDEN, error instanceof ParleyError ? error.code : 'NOT_ALLOWED');
      }
    }
  }

  /**
   * A request for it may hang in a connection that is long dead, and browsers keep several: it takes minutes until one gets
   * through when all of them are. So `spare` does in its place, while it is good.
   */
  private freshToken(spare = ''): Promise<string> {
    const { clock } = this.around;
    const hasSpare = isGood(spare, clock.nowMillis());
    return new Promise((resolve, reject) => {
      const cancel = clock.after(hasSpare ? NEWER_TOKEN_MILLIS_MAX : TOKEN_MILLIS_MAX, () => {
        if (hasSpare) {
          resolve(spare);
        } else {
          reject(new ParleyError('NO_TOKEN', true));
        }
      });
      this.options.token().then(resolve, reject).finally(cancel);
    });
  }

  /** Replaces the token on the open connection before it expires. If that fails, it is tried again until it has. */
  private refreshIn(leftMillis: number): void {
    if (leftMillis > 0) {
      const delayMillis = leftMillis - Math.min(REFRESH_MILLIS, leftMillis / 10);
      const dial = this.dials;
      this.cancelRefresh();
      this.cancelRefresh = this.around.clock.after(Math.min(delayMillis, TIMER_MILLIS_MAX), () => {
        void this.withToken(
          dial,
          this.freshToken(),
          (token) => {
            this.send([{ refresh: { token } }]);
          },
          () => {
            this.refreshIn(leftMillis - delayMillis);
          },
        );
      });
    }
  }

  private openSocket(token: string): void {
    const { url, session, client } = this.options;
    const WebSocket = this.options.WebSocket?.() ?? this.choice.next();
    if (!WebSocket) {
      throw new ParleyError('NO_WEBSOCKET');
    }
    const hello = { protocolVersion: PROTOCOL_VERSION, token, session, client, fence: this.fence };
    this.socket = new Socket(url, WebSocket, this.around.clock, {
      opened: () => this.socket?.send([{ hello }, ...this.user.greeting()]),
      received: (frame) => {
        this.socketReceived(frame);
      },
      waiting: (retryAtMillis) => {
        this.setState({ name: 'waiting', reason: 'lost', retryAtMillis });
      },
      closed: (code) => {
        this.socketClosed(code);
      },
    });
  }

  private socketReceived(frame: ServerFrame): void {
    if (frame.welcome) {
      const { limits, timeMillis, tokenExpiresAtMillis } = frame.welcome;
      const isRefresh = this.isWelcome;
      this.isWelcome = true;
      this.fence = frame.welcome.fence;
      this.refreshIn(tokenExpiresAtMillis - timeMillis);
      if (!isRefresh) {
        this.socket?.keepAlive(limits?.heartbeatMillis ?? 0);
        this.choice.welcomed();
        this.setState({ name: 'syncing' });
      }
      this.user.welcomed(frame.welcome, isRefresh);
    } else if (frame.goAway) {
      this.backOff.dictate(frame.goAway.delayMillis);
      this.cancelRetry();
      this.cancelRetry = this.around.clock.after(frame.goAway.delayMillis, () => {
        this.redial();
      });
    } else if (frame.failure) {
      const { code, closeCode, delayMillis } = frame.failure;
      this.failure = code;
      if (delayMillis > 0) {
        this.backOff.dictate(delayMillis);
      }
      this.user.failed(new ParleyError(code, !isFinal(closeCode), delayMillis));
    } else {
      this.user.received(frame);
    }
  }

  private socketClosed(code: number): void {
    this.socket = undefined;
    if (!this.isWelcome) {
      this.choice.failed(code);
    }
    if (code === CloseCode.MOVED) {
      this.redial();
    } else if (isFinal(code)) {
      this.end(code, this.failure ?? 'NOT_ALLOWED');
    } else if (code === CloseCode.UNAUTHENTICATED || code === CloseCode.TOKEN_EXPIRED) {
      this.lastToken = undefined;
      this.wait('token');
    } else {
      this.wait('lost');
    }
  }

  private wait(reason: 'lost' | 'token'): void {
    this.hangUp();
    const delayMillis = this.backOff.nextMillis();
    this.cancelRetry = this.around.clock.after(delayMillis, () => {
      this.dial();
    });
    this.setState({ name: 'waiting', reason, retryAtMillis: this.around.clock.nowMillis() + delayMillis });
  }

  private redial(): void {
    this.backOff.reset();
    this.dial();
  }

  private end(code: number, reason: ParleyErrorCode): void {
    this.hangUp();
    this.setState({ name: 'closed', code, reason });
  }

  private hangUp(): void {
    this.dials++;
    this.isWelcome = false;
    this.choice.stop();
    this.cancelRefresh();
    this.cancelRetry();
    this.cancelRetry = noop;
    this.socket?.close();
    this.socket = undefined;
    this.user.disconnected();
  }

  private setState(state: ConnectionState): void {
    this.current = state;
    this.user.stateChanged(state);
  }

  private listen(): void {
    if (this.wakeUps) {
      return;
    }
    this.wakeUps = new AbortController();
    const { page, document } = this.around;
    const { signal } = this.wakeUps;
    const wake = (): void => {
      this.wake();
    };
    const probe = (): void => {
      this.socket?.probe();
    };
    const suspend = (): void => {
      this.suspend();
    };
    const visibilityChanged = (): void => {
      if (document?.visibilityState === 'visible') {
        this.wake();
      }
    };
    page?.addEventListener('online', wake, { signal });
    page?.addEventListener('offline', probe, { signal });
    page?.addEventListener('pageshow', wake, { signal });
    page?.addEventListener('pagehide', suspend, { signal });
    document?.addEventListener('visibilitychange', visibilityChanged, { signal });
    document?.addEventListener('resume', wake, { signal });
    document?.addEventListener('freeze', suspend, { signal });
  }

  /** A good moment to try: at most one in two seconds, since these events come in flocks. */
  wake(): void {
    const now = this.around.clock.nowMillis();
    if (this.socket || this.current.name !== 'waiting') {
      this.socket?.probe();
    } else if (this.current.reason === 'suspended') {
      this.user.resumed();
      this.dial();
    } else if (now - this.dialledAtMillis >= IMMEDIATE_TRY_MILLIS) {
      this.dial();
    }
  }

  /** The page goes into the cache or to sleep, where whatever is sent to its socket would be lost. */
  private suspend(): void {
    if (this.current.name !== 'closed') {
      this.hangUp();
      this.user.suspended();
      this.setState({ name: 'waiting', reason: 'suspended', retryAtMillis: Infinity });
    }
  }
}

function noop(): void {
  return;
}
