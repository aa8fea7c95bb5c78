import type { Clock } from '../clock.ts';
import { CloseCode } from '../wire/close-code.ts';
import { SUBPROTOCOL } from '../wire/protocol.ts';
import {
  type ClientFrame,
  ClientFrames,
  type Init,
  type ServerFrame,
  ServerFrames,
  decode,
  encode,
  unpacked,
} from '../wire/wire.ts';

/** The part of the browser's WebSocket that is used. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  /** Of one that leads to another tab: the connection is tried again at that time. */
  onwaiting?: ((retryAtMillis: number) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

export interface SocketListener {
  opened(): void;
  received(frame: ServerFrame): void;
  /** What is behind it is not connected, and will be tried again. */
  waiting(retryAtMillis: number): void;
  /** Once, however it ended. */
  closed(code: number): void;
}

const CONNECT_TIMEOUT_MILLIS = 10_000;
const PROBE_MILLIS = 5_000;

/** One WebSocket: frames in and out, and heartbeats that tell whether the other end is still there. */
export class Socket {
  private readonly socket: WebSocketLike;
  private heartbeatMillis = CONNECT_TIMEOUT_MILLIS;
  private sentAtMillis: number;
  private receivedAtMillis: number;
  private nonce = 0;
  private heardSincePing = true;
  private pingedAtMillis = 0;
  private measuredMillis: number | undefined;
  private open = false;
  private cancelTimer: () => void;

  constructor(
    url: string,
    WebSocket: WebSocketConstructor,
    private readonly clock: Clock,
    private readonly listener: SocketListener,
  ) {
    this.sentAtMillis = this.receivedAtMillis = clock.nowMillis();
    this.socket = new WebSocket(url, SUBPROTOCOL);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => {
      this.socketOnOpen();
    };
    this.socket.onmessage = (event: { data: unknown }) => {
      this.socketOnMessage(event.data);
    };
    this.socket.onwaiting = (retryAtMillis) => {
      this.listener.waiting(retryAtMillis);
    };
    this.socket.onclose = (event: { code: number }) => {
      this.end(event.code);
    };
    this.cancelTimer = clock.after(CONNECT_TIMEOUT_MILLIS, () => {
      this.abandon();
    });
  }

  send(frames: readonly Init<ClientFrame>[]): void {
    this.sendBytes(encode(ClientFrames, { frames }));
  }

  /** One encoded ClientFrames. */
  sendBytes(bytes: Uint8Array): void {
    if (this.open) {
      this.sentAtMillis = this.clock.nowMillis();
      this.socket.send(bytes as Uint8Array<ArrayBuffer>);
    }
  }

  /** Something is sent at least this often; silence of two of them ends the connection. 0: somebody else watches. */
  keepAlive(heartbeatMillis: number): void {
    this.heartbeatMillis = heartbeatMillis || Infinity;
    this.cancelTimer();
    if (heartbeatMillis > 0) {
      this.watch(heartbeatMillis);
    }
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Of the last ping that was answered. */
  get roundTripMillis(): number | undefined {
    return this.measuredMillis;
  }

  /** Asks for a sign of life within seconds: after a sleep a dead connection still looks open. */
  probe(): void {
    if (this.open) {
      this.ping();
      this.watch(PROBE_MILLIS, true);
    }
  }

  close(): void {
    this.detach();
    this.socket.close(CloseCode.NORMAL);
  }

  private socketOnOpen(): void {
    this.open = true;
    this.receivedAtMillis = this.clock.nowMillis();
    this.keepAlive(this.heartbeatMillis);
    this.listener.opened();
  }

  private socketOnMessage(data: unknown): void {
    this.receivedAtMillis = this.clock.nowMillis();
    this.heardSincePing = true;
    let frames;
    try {
      frames = decode(ServerFrames, new Uint8Array(data as ArrayBuffer)).frames.map(unpacked);
    } catch {
      this.abandon();
      return;
    }
    for (const frame of frames) {
      if (frame.pong?.nonce === this.nonce) {
        this.measuredMillis = this.receivedAtMillis - this.pingedAtMillis;
      } else if (this.open) {
        this.listener.received(frame);
      }
    }
  }

  private watch(delayMillis: number, isProbe = false): void {
    this.cancelTimer();
    this.cancelTimer = this.clock.after(delayMillis, () => {
      const now = this.clock.nowMillis();
      if ((isProbe && !this.heardSincePing) || now - this.receivedAtMillis >= 2 * this.heartbeatMillis) {
        this.abandon();
        return;
      }
      if (now - this.sentAtMillis >= this.heartbeatMillis) {
        this.ping();
      }
      const due = Math.min(this.sentAtMillis + this.heartbeatMillis, this.receivedAtMillis + 2 * this.heartbeatMillis);
      if (due < Infinity) {
        this.watch(due - now);
      }
    });
  }

  private ping(): void {
    this.pingedAtMillis = this.clock.nowMillis();
    this.heardSincePing = false;
    this.send([{ ping: { nonce: ++this.nonce } }]);
  }

  /** Does not wait for a closing handshake: the other end may be gone. */
  private abandon(): void {
    this.socket.close();
    this.end(CloseCode.ABNORMAL);
  }

  private end(code: number): void {
    this.detach();
    this.listener.closed(code);
  }

  private detach(): void {
    this.open = false;
    this.cancelTimer();
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = this.socket.onwaiting = null;
  }
}
