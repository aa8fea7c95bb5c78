import type { Clock } from '../clock.ts';
import { ParleyError } from '../errors.ts';
import type { Bus } from './bus.ts';

/** How long an answer may take. */
const ANSWER_MILLIS_MAX = 15_000;
/** Until every tab has heard the question. */
const ECHO_MILLIS = 1_000;

/** A token from whichever tab answers first, for one who has no way to get one. */
export function askForToken(bus: Bus, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const question = `${bus.self} ${clock.nowMillis()}`;
    const end = (): void => {
      cancel();
      stop();
    };
    const cancel = clock.after(ANSWER_MILLIS_MAX, () => {
      end();
      reject(new ParleyError('NO_TOKEN', true));
    });
    const stop = bus.listen(`tab/${bus.self}`, ({ head, body }) => {
      if (head.kind === 'token' && head['question'] === question) {
        end();
        resolve(new TextDecoder().decode(body));
      } else if (head.kind === 'noToken' && head['question'] === question) {
        end();
        reject(new ParleyError('NO_TOKEN', true));
      }
    });
    bus.post('all', { kind: 'wantToken', question });
  });
}

/** Answers such questions until the returned function is called. Of all tabs one does, by the lock. */
export function answerForToken(
  bus: Bus,
  clock: Clock,
  locks: LockManager,
  lockName: string,
  token: () => Promise<string>,
): () => void {
  return bus.listen('all', ({ from, head }) => {
    if (head.kind === 'wantToken') {
      const question = head['question'];
      const answer = async (lock: Lock | null): Promise<void> => {
        if (lock) {
          const found = await token().catch(() => undefined);
          const kind = found === undefined ? 'noToken' : 'token';
          bus.post(`tab/${from}`, { kind, question }, new TextEncoder().encode(found));
          await new Promise<void>((resolve) => {
            clock.after(ECHO_MILLIS, resolve);
          });
        }
      };
      locks.request(lockName, { ifAvailable: true }, answer).catch(noop);
    }
  });
}

function noop(): void {
  return;
}
