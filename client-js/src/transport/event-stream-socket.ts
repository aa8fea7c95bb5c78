import { CloseCode } from '../wire/close-code.ts';
import { EventParser } from './event-parser.ts';
import type { WebSocketConstructor, WebSocketLike } from './socket.ts';

/** The part of the browser's `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What waits is joined to at most so much: far below what a gateway takes at once. */
const JOINED_BYTES_MAX = 16 * 1024;
const JOINED_MAX = 64;
const TOO_LARGE = 413;
const GONE = 410;
const TOO_MANY = 429;

/** A WebSocket to the rest of the client: messages come as events of one answer, and go as requests, one at a time. */
class EventStreamSocket implements WebSocketLike {
  binaryType = 'arraybuffer';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  private readonly abortion = new AbortController();
  private readonly streams: string;
  private readonly waiting: Uint8Array[] = [];
  private hasBegun = false;
  private hasEnded = false;
  private isPosting = false;
  /** A gateway that has no such stream, after one that had, is another one: a new stream is begun at once. */
  private wasHeard = false;
  /** Where requests go, once the stream told. */
  private stream: string | undefined;

  constructor(
    url: string,
    private readonly fetch: Fetch,
  ) {
    this.streams = new URL('v1/streams', url.replace(/^ws/, 'http')).href;
    queueMicrotask(() => this.onopen?.(undefined as never));
  }

  /** The first message asks for the stream. */
  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.hasBegun) {
      this.waiting.push(message);
      void this.post();
    } else {
      this.hasBegun = true;
      void this.follow(message);
    }
  }

  close(): void {
    this.hasEnded = true;
    this.abortion.abort();
  }

  private async follow(message: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      const response = await this.request(this.streams, message);
      // What some networks answer in a gateway's place is a page.
      if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream') && response.body) {
        const parser = new EventParser((name, data) => {
          this.take(name, data);
        });
        const reader = response.body.getReader();
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          parser.push(piece.value);
        }
      } else if (response.status === TOO_LARGE) {
        this.end(CloseCode.TOO_BIG);
      } else if (response.status === TOO_MANY) {
        this.end(CloseCode.TRY_AGAIN_LATER);
      }
    } catch {
      // As a socket breaks.
    }
    this.end(CloseCode.ABNORMAL);
  }

  private take(name: string, data: string): void {
    if (name === '') {
      const message = Uint8Array.from(atob(data), (character) => character.charCodeAt(0)).buffer;
      queueMicrotask(() => this.onmessage?.({ data: message } as never));
    } else if (name === 'stream') {
      this.stream = `${this.streams}/${data}`;
      void this.post();
    } else if (name === 'close') {
      this.end(Number(data));
    }
  }

  /** Whether what was lost on the way had arrived, the gateway tells when the client resumes. */
  private async post(): Promise<void> {
    if (this.isPosting || this.stream === undefined) {
      return;
    }
    this.isPosting = true;
    try {
      while (this.waiting.length > 0 && !this.hasEnded) {
        const { ok, status } = await this.request(this.stream, this.joined());
        if (ok) {
          this.wasHeard = true;
        } else if (status === GONE && this.wasHeard) {
          this.end(CloseCode.MOVED);
        } else {
          this.end(status === TOO_LARGE ? CloseCode.TOO_BIG : CloseCode.ABNORMAL);
        }
      }
    } catch {
      this.end(CloseCode.ABNORMAL);
    }
    this.isPosting = false;
  }

  /** Messages are concatenations of frames, and so are several of them. */
  private joined(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let length = 0;
    for (const { length: more } of this.waiting.slice(0, JOINED_MAX)) {
      if (count > 0 && length + more > JOINED_BYTES_MAX) {
        break;
      }
      count++;
      length += more;
    }
    const joined = new Uint8Array(length);
    let end = 0;
    for (const message of this.waiting.splice(0, count)) {
      joined.set(message, end);
      end += message.length;
    }
    return joined;
  }

  /** Nothing in it makes a browser ask first whether it may be sent. */
  private request(url: string, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const { signal } = this.abortion;
    return this.fetch(url, { method: 'POST', body, cache: 'no-store', credentials: 'omit', signal });
  }

  private end(code: number): void {
    if (!this.hasEnded) {
      this.close();
      queueMicrotask(() => this.onclose?.({ code } as never));
    }
  }
}

/** To be dialled with in place of the browser's. */
export function eventStreamOver(fetch: Fetch): WebSocketConstructor {
  return class extends EventStreamSocket {
    constructor(url: string) {
      super(url, fetch);
    }
  };
}
