import { type Clock, systemClock } from './clock.ts';
import { type Random, systemRandom } from './random.ts';
import { type Channels, broadcastChannels } from './tabs/channels.ts';
import type { WebSocketConstructor } from './transport/socket.ts';

/** The part of the browser's cryptography that is used. */
export type Subtle = Pick<SubtleCrypto, 'importKey' | 'sign' | 'verify'>;

/** What the client uses of the page it runs in. Whatever is not given is taken from the page when the client connects. */
export interface Environment {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly WebSocket?: WebSocketConstructor;
  readonly indexedDB?: IDBFactory;
  readonly locks?: LockManager;
  /** For the gateway's HTTP API, and to connect with where no WebSocket gets through. Who gives a WebSocket gives this too. */
  readonly fetch?: typeof fetch;
  /** To sign what is posted between pages. */
  readonly subtle?: Subtle;
  /** What is posted between the pages of this browser. */
  readonly channels?: Channels;
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Where `online`, `pagehide` and `pageshow` are dispatched. */
  readonly page?: EventTarget;
  /** Where `visibilitychange`, `freeze` and `resume` are dispatched. */
  readonly document?: EventTarget & { readonly visibilityState?: string };
}

/** The environment with the page's own parts filled in; some may be missing there too. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly indexedDB: IDBFactory | undefined;
  readonly locks: LockManager | undefined;
  readonly fetch: typeof fetch | undefined;
  readonly subtle: Subtle | undefined;
  readonly channels: Channels | undefined;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  readonly page: EventTarget | undefined;
  readonly document: (EventTarget & { readonly visibilityState?: string }) | undefined;
}

export function surroundings(given: Environment): Surroundings {
  const page = globalThis as Partial<typeof globalThis>;
  return {
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
    WebSocket: given.WebSocket ?? page.WebSocket,
    indexedDB: given.indexedDB ?? page.indexedDB,
    locks: given.locks ?? page.navigator?.locks,
    fetch: given.fetch ?? (given.WebSocket ? undefined : page.fetch?.bind(page)),
    subtle: given.subtle ?? page.crypto?.subtle,
    channels: given.channels ?? (page.document && page.BroadcastChannel && broadcastChannels(page.BroadcastChannel)),
    storage: given.storage ?? storageOf(page),
    page: given.page ?? (page.addEventListener ? globalThis : undefined),
    document: given.document ?? page.document,
  };
}

/** Pages may be denied theirs, and then it throws. */
function storageOf(page: Partial<typeof globalThis>): Storage | undefined {
  try {
    return page.document && page.localStorage;
  } catch {
    return undefined;
  }
}
