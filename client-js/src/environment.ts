import { type Clock, systemClock } from './clock.ts';
import { type Random, systemRandom } from './random.ts';
import { type Channels, broadcastChannels } from './tabs/channels.ts';
import { LeaseLocks } from './tabs/lease-locks.ts';
import { SharedStorage, type StorageLike } from './tabs/shared-storage.ts';
import { storageChannels } from './tabs/storage-channels.ts';
import type { WebSocketConstructor } from './transport/socket.ts';

/** The part of the browser's cryptography that is used. */
export type Subtle = Pick<SubtleCrypto, 'importKey' | 'sign' | 'verify'>;

export type SharedWorkerConstructor = new (url: string, name: string) => Pick<SharedWorker, 'port' | 'onerror'>;

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
  readonly storage?: StorageLike;
  /** Starts a worker that the pages of this browser share. */
  readonly SharedWorker?: SharedWorkerConstructor;
  /** Where `online`, `pagehide`, `pageshow` and `storage` are dispatched. */
  readonly page?: EventTarget;
  /** Where `visibilitychange`, `freeze` and `resume` are dispatched. */
  readonly document?: EventTarget & { readonly visibilityState?: string };
}

/** Locks and channels in local storage. */
export interface Leases {
  readonly locks: LockManager;
  readonly channels: Channels;
  readonly storage: SharedStorage;
}

/** The environment with the page's own parts filled in; some may be missing there too. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly indexedDB: IDBFactory | undefined;
  /** Web Locks, or else leases. */
  readonly locks: LockManager | undefined;
  readonly fetch: typeof fetch | undefined;
  readonly subtle: Subtle | undefined;
  readonly channels: Channels | undefined;
  /** What stands in for both. */
  readonly leases: Leases | undefined;
  readonly storage: StorageLike | undefined;
  readonly SharedWorker: SharedWorkerConstructor | undefined;
  readonly page: EventTarget | undefined;
  readonly document: (EventTarget & { readonly visibilityState?: string }) | undefined;
}

export function surroundings(given: Environment): Surroundings {
  const page = globalThis as Partial<typeof globalThis>;
  const around = {
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
    storage: given.storage ?? storageOf(page),
    page: given.page ?? (page.addEventListener ? globalThis : undefined),
    document: given.document ?? page.document,
  };
  const leases = leasesOf(around);
  const channels = page.document && page.BroadcastChannel && broadcastChannels(page.BroadcastChannel);
  return {
    ...around,
    leases,
    WebSocket: given.WebSocket ?? page.WebSocket,
    indexedDB: given.indexedDB ?? page.indexedDB,
    locks: given.locks ?? page.navigator?.locks ?? leases?.locks,
    fetch: given.fetch ?? (given.WebSocket ? undefined : page.fetch?.bind(page)),
    subtle: given.subtle ?? page.crypto?.subtle,
    channels: given.channels ?? channels ?? leases?.channels,
    SharedWorker: given.SharedWorker ?? page.SharedWorker,
  };
}

function leasesOf(
  around: Pick<Surroundings, 'clock' | 'random' | 'storage' | 'page' | 'document'>,
): Leases | undefined {
  const { storage, page, random } = around;
  const shared = storage && page && new SharedStorage(storage, page);
  return (
    shared && {
      storage: shared,
      locks: new LeaseLocks({ ...around, page, storage: shared }).asLockManager(),
      channels: storageChannels(shared, random),
    }
  );
}

/** Pages may be denied theirs, and then it throws. */
function storageOf(page: Partial<typeof globalThis>): Storage | undefined {
  try {
    return page.document && page.localStorage;
  } catch {
    return undefined;
  }
}
