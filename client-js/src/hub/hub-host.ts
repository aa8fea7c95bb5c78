import { base64Url } from '../bytes.ts';
import type { Surroundings } from '../environment.ts';
import { Bus } from '../tabs/bus.ts';
import type { Channels } from '../tabs/channels.ts';
import type { Entrance } from '../tabs/hub-worker.ts';
import { KeyRing } from '../tabs/key-ring.ts';
import { Tabs } from '../tabs/tabs.ts';
import { askForToken } from '../tabs/token-request.ts';

/** What the worker has of its own. */
export type HostSurroundings = Surroundings & { readonly locks: LockManager; readonly channels: Channels };

interface Place {
  readonly tabs: Tabs;
  readonly entered: Promise<void>;
}

const ID_BYTES = 9;
const ROUND_MILLIS = 30_000;

/** In the SharedWorker: stands for election as a tab does that is always looked at, for each principal that has tabs here. */
export class HubHost {
  private readonly places = new Map<string, Place>();
  private readonly lonely = new Set<string>();

  constructor(private readonly around: HostSurroundings) {}

  /** Resolves when the worker holds the lock, or stands in the queue for it. */
  async enter(entrance: Entrance): Promise<void> {
    const { scope } = entrance;
    const place = this.places.get(scope) ?? this.open(entrance);
    this.lonely.delete(scope);
    await place.entered;
    // Answered after the request for the lock, which went the same way.
    await this.around.locks.query();
  }

  private open({ scope, url, client, principal, session, token }: Entrance): Place {
    const { around } = this;
    let asking: Promise<string> | undefined;
    const ask = (): Promise<string> => {
      asking ??= askForToken(bus, around.clock).finally(() => {
        asking = undefined;
      });
      return asking;
    };
    const keys = new KeyRing(url, principal, around, ask);
    const bus = new Bus(around.channels, scope, base64Url(around.random.bytes(ID_BYTES)), keys);
    const tabs = new Tabs(
      scope,
      keys,
      { url, client, session: '', token: ask },
      { ...around, storage: only(session) },
      principal,
      'worker',
      undefined,
      () => {
        this.leave(scope);
      },
    );
    const place = { tabs, entered: keys.load(token).then(() => tabs.enter(token)) };
    this.places.set(scope, place);
    this.lookRound(scope, place);
    return place;
  }

  private leave(scope: string): void {
    this.places.get(scope)?.tabs.leave();
    this.places.delete(scope);
    this.lonely.delete(scope);
  }

  /** Who finds no tab twice goes. */
  private lookRound(scope: string, place: Place): void {
    this.around.clock.after(ROUND_MILLIS, () => {
      void this.around.locks.query().then(({ held = [] }) => {
        const prefix = `${scope}tab/`;
        const isAlone = held.filter(({ name }) => name?.startsWith(prefix)).length <= 1;
        if (this.places.get(scope) !== place) {
          return;
        }
        if (isAlone && this.lonely.has(scope)) {
          this.leave(scope);
          return;
        }
        if (isAlone) {
          this.lonely.add(scope);
        } else {
          this.lonely.delete(scope);
        }
        this.lookRound(scope, place);
      });
    });
  }
}

/** Workers have no local storage: a tab told them the session. */
function only(session: string): Surroundings['storage'] {
  return {
    length: 0,
    key: () => null,
    getItem: () => session,
    setItem: noop,
    removeItem: noop,
  };
}

function noop(): void {
  return;
}
