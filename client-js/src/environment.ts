import { type Clock, systemClock } from './clock.ts';
import { type Random, systemRandom } from './random.ts';
import type { WebSocketConstructor } from './transport/socket.ts';

/** What the client uses of the page it runs in. Whatever is not given is taken from the page when the client connects. */
export interface Environment {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly WebSocket?: WebSocketConstructor;
  readonly indexedDB?: IDBFactory;
  readonly locks?: LockManager;
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
    page: given.page ?? (page.addEventListener ? globalThis : undefined),
    document: given.document ?? page.document,
  };
}
