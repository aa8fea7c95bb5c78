import { base64Url } from '../bytes.ts';
import type { Surroundings } from '../environment.ts';
import { PROTOCOL_VERSION } from '../wire/protocol.ts';
import { Bus } from './bus.ts';
import type { Channels } from './channels.ts';
import type { KeyRing } from './key-ring.ts';
import { sessionOf } from './session.ts';
import { answerForToken } from './token-request.ts';

/** What a tab tells the worker, so that it can lead the tabs of a principal. */
export interface Entrance {
  readonly url: string;
  readonly client: string;
  readonly principal: string;
  readonly scope: string;
  readonly session: string;
  /** For the first dial. */
  readonly token: string;
}

/** That the worker is in the queue for the lock, or holds it. */
export const ENTERED = 'entered';

/** How long a tab waits for that before it goes on without. */
const START_MILLIS_MAX = 3_000;
const ID_BYTES = 9;

/** The SharedWorker that leads in the place of tabs, as one tab sees it. The worker has no tokens: tabs give it theirs. */
export class HubWorker {
  private readonly bus: Bus;
  private entering: Promise<void> | undefined;
  private leaving: (() => void)[] = [];

  constructor(
    private readonly script: string,
    keys: KeyRing,
    private readonly about: Pick<Entrance, 'url' | 'client' | 'principal' | 'scope'>,
    private readonly token: () => Promise<string>,
    private readonly around: Surroundings & { readonly locks: LockManager; readonly channels: Channels },
  ) {
    const self = base64Url(around.random.bytes(ID_BYTES));
    this.bus = new Bus(around.channels, about.scope, self, keys);
  }

  /** Resolves when the worker stands in the queue before this tab, or there is none, and the tabs lead themselves. */
  enter(token: string): Promise<void> {
    this.entering ??= this.start(token);
    return this.entering;
  }

  leave(): void {
    this.entering = undefined;
    this.leaving.splice(0).forEach((leave) => {
      leave();
    });
  }

  private start(token: string): Promise<void> {
    const { clock, locks, SharedWorker: PageWorker } = this.around;
    const { scope } = this.about;
    if (!PageWorker) {
      return Promise.resolve();
    }
    this.leaving.push(answerForToken(this.bus, clock, locks, `${scope}token`, this.token));
    return new Promise((resolve) => {
      const cancel = clock.after(START_MILLIS_MAX, () => {
        resolve();
      });
      try {
        const worker = new PageWorker(this.script, `parley ${PROTOCOL_VERSION}`);
        worker.onerror = () => {
          cancel();
          resolve();
        };
        worker.port.onmessage = ({ data }: MessageEvent<unknown>) => {
          if (data === ENTERED) {
            cancel();
            resolve();
          }
        };
        const session = sessionOf(scope, this.around);
        worker.port.postMessage({ ...this.about, session, token } satisfies Entrance);
        this.leaving.push(() => {
          worker.port.close();
        });
      } catch {
        // Not of this origin, or forbidden by the page's policy.
        cancel();
        resolve();
      }
    });
  }
}
