import type { Clock } from '../clock.ts';
import type { WebSocketConstructor, WebSocketLike } from '../transport/socket.ts';

/** Sockets and timers of a dedicated worker: the page may be hidden, and its own timers slow. */
export interface SocketHost {
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  close(): void;
}

type Task = (kind: string, data: unknown) => void;

/** Pages whose policy forbids workers of this kind say so in time. */
const START_MILLIS_MAX = 1_000;

// Runs in the worker: it knows nothing of the rest of this program.
const SCRIPT = `
const sockets = new Map(), timers = new Map();
onmessage = ({ data: [kind, id, a, b] }) => {
  const tell = (kind, data) => postMessage([id, kind, data]);
  if (kind === 'dial') {
    const socket = new WebSocket(a, b);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => tell('open');
    socket.onmessage = ({ data }) => tell('message', data);
    socket.onclose = ({ code }) => { sockets.delete(id); tell('close', code); };
    sockets.set(id, socket);
  } else if (kind === 'send') {
    sockets.get(id)?.send(a);
  } else if (kind === 'hangUp') {
    sockets.get(id)?.close(a);
  } else if (kind === 'after') {
    timers.set(id, setTimeout(() => { timers.delete(id); tell('due'); }, a));
  } else {
    clearTimeout(timers.get(id));
    timers.delete(id);
  }
};
postMessage([0, 'ready']);
`;

/** Starts the worker; undefined where the page has none, or does not allow one from a script like this. */
export function socketWorker(clock: Clock): Promise<SocketHost | undefined> {
  const { Worker: PageWorker, Blob: PageBlob, URL: PageUrl } = globalThis as Partial<typeof globalThis>;
  if (!PageWorker || !PageBlob || !PageUrl) {
    return Promise.resolve(undefined);
  }
  const url = PageUrl.createObjectURL(new PageBlob([SCRIPT], { type: 'text/javascript' }));
  return new Promise((resolve) => {
    const tasks = new Map<number, Task>();
    let worker: Worker;
    const fail = (): void => {
      PageUrl.revokeObjectURL(url);
      resolve(undefined);
    };
    try {
      worker = new PageWorker(url);
    } catch {
      fail();
      return;
    }
    const cancel = clock.after(START_MILLIS_MAX, () => {
      worker.terminate();
      fail();
    });
    worker.onerror = () => {
      cancel();
      fail();
    };
    worker.onmessage = ({ data: [id, kind, data] }: MessageEvent<[number, string, unknown]>) => {
      if (kind === 'ready') {
        cancel();
        PageUrl.revokeObjectURL(url);
        resolve(hostOf(worker, tasks, clock));
      } else {
        tasks.get(id)?.(kind, data);
      }
    };
  });
}

function hostOf(worker: Worker, tasks: Map<number, Task>, clock: Clock): SocketHost {
  let ids = 0;
  const start = (task: Task): number => {
    tasks.set(++ids, task);
    return ids;
  };

  class WorkerSocket implements WebSocketLike {
    binaryType = 'arraybuffer';
    onopen: ((event: never) => void) | null = null;
    onmessage: ((event: never) => void) | null = null;
    onclose: ((event: never) => void) | null = null;
    private readonly id: number;

    constructor(url: string, protocol: string) {
      this.id = start((kind, data) => {
        if (kind === 'open') {
          this.onopen?.(undefined as never);
        } else if (kind === 'message') {
          this.onmessage?.({ data } as never);
        } else {
          tasks.delete(this.id);
          this.onclose?.({ code: data } as never);
        }
      });
      worker.postMessage(['dial', this.id, url, protocol]);
    }

    send(data: Uint8Array<ArrayBuffer>): void {
      worker.postMessage(['send', this.id, data]);
    }

    close(code = 1000): void {
      worker.postMessage(['hangUp', this.id, code]);
    }
  }

  return {
    WebSocket: WorkerSocket,
    clock: {
      nowMillis: () => clock.nowMillis(),
      after: (millis, task) => {
        const id = start(() => {
          tasks.delete(id);
          task();
        });
        worker.postMessage(['after', id, millis]);
        return () => {
          if (tasks.delete(id)) {
            worker.postMessage(['cancel', id]);
          }
        };
      },
    },
    close: () => {
      worker.terminate();
    },
  };
}
