import type { Clock } from '../clock.ts';
import { CloseCode } from '../wire/close-code.ts';
import { SUBPROTOCOL } from '../wire/protocol.ts';
import { type Fetch, eventStreamOver } from './event-stream-socket.ts';
import type { WebSocketConstructor, WebSocketLike } from './socket.ts';

/** `sse`: server-sent events and requests, where something on the way lets no WebSocket through. */
export type TransportName = 'websocket' | 'sse';

export interface TransportMeans {
  readonly clock: Clock;
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly fetch: Fetch | undefined;
}

/** So many WebSockets in a row have to break before they were any use. */
const BROKEN_MAX = 2;
const RETURN_MILLIS_MIN = 60_000;
const RETURN_MILLIS_MAX = 16 * RETURN_MILLIS_MIN;
const PROBE_MILLIS_MAX = 10_000;

/** Decides what a connection is made of: WebSockets as long as they get through, and again once they do. */
export class TransportChoice {
  private current: TransportName = 'websocket';
  private broken = 0;
  private returnMillis = RETURN_MILLIS_MIN;
  private cancelReturn: () => void = noop;

  constructor(
    private readonly url: string,
    private readonly means: TransportMeans,
    /** WebSockets get through again: it is time to dial anew. */
    private readonly onReturn: () => void,
  ) {}

  get name(): TransportName {
    return this.current;
  }

  /** What to dial with now; undefined if the page has nothing. */
  next(): WebSocketConstructor | undefined {
    const { WebSocket, fetch } = this.means;
    if (fetch && (!WebSocket || this.broken >= BROKEN_MAX)) {
      this.current = 'sse';
    }
    return this.current === 'sse' && fetch ? eventStreamOver(fetch) : WebSocket;
  }

  welcomed(): void {
    this.broken = 0;
    if (this.current === 'sse') {
      this.returnLater();
    } else {
      this.returnMillis = RETURN_MILLIS_MIN;
    }
  }

  /** What was dialled ended, and the gateway had not welcomed the client. */
  failed(code: number): void {
    if (code !== CloseCode.ABNORMAL) {
      this.broken = 0;
    } else if (this.current === 'sse' && this.means.WebSocket) {
      // Nothing gets through: the next that does may well be a WebSocket.
      this.current = 'websocket';
      this.broken = 0;
    } else {
      this.broken++;
    }
  }

  /** The connection is over: whether WebSockets get through is asked when there is one again. */
  stop(): void {
    this.cancelReturn();
    this.cancelReturn = noop;
  }

  private returnLater(): void {
    const { WebSocket, clock } = this.means;
    if (WebSocket) {
      const delayMillis = this.returnMillis;
      this.returnMillis = Math.min(2 * delayMillis, RETURN_MILLIS_MAX);
      this.cancelReturn = clock.after(delayMillis, () => {
        this.probe(new WebSocket(this.url, SUBPROTOCOL));
      });
    }
  }

  private probe(socket: WebSocketLike): void {
    const end = (): void => {
      cancelTimer();
      socket.onopen = socket.onclose = null;
      socket.close();
    };
    const fail = (): void => {
      end();
      this.returnLater();
    };
    const cancelTimer = this.means.clock.after(PROBE_MILLIS_MAX, fail);
    this.cancelReturn = end;
    socket.onclose = fail;
    socket.onopen = () => {
      end();
      this.current = 'websocket';
      this.onReturn();
    };
  }
}

function noop(): void {
  return;
}
