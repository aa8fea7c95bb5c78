import type { UnsentCode } from './conversation/pending.ts';
import type { FailureCode, OpenFailedCode } from './wire/wire.ts';

export type ParleyErrorCode =
  | UnsentCode
  | FailureCode
  | OpenFailedCode
  /** The client was closed before it was answered. What was saved goes out on the next visit. */
  | 'CLOSED'
  /** Somebody signed out, here or in another tab: make a new client. */
  | 'SIGNED_OUT'
  /** The device could not store it. It is sent from memory, and lost if the page goes away first. */
  | 'NOT_SAVED'
  /** The function that gives tokens failed. */
  | 'NO_TOKEN'
  /** The page has neither WebSocket nor fetch, and none was given. */
  | 'NO_WEBSOCKET'
  /** The token is for another principal than the one this client began with: make a new client. */
  | 'OTHER_PRINCIPAL'
  /** The replica did not fit the log and was loaded anew. */
  | 'DIVERGED';

/** What went wrong, as a code: the words are the application's. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';

  constructor(
    readonly code: ParleyErrorCode,
    /** Whether the client tries again by itself, or the caller may. */
    readonly retryable = false,
    readonly retryAfterMillis = 0,
  ) {
    super(code);
  }
}
