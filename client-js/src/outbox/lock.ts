/** A lock that is held until it is released, or its page goes away. */
export interface HeldLock {
  release(): void;
}

/** Takes the lock if nobody has it. */
export function tryLock(locks: LockManager, name: string): Promise<HeldLock | undefined> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock) {
          return held(resolve);
        }
        resolve(undefined);
        return undefined;
      })
      .catch(reject);
  });
}

/** Waits until the lock is free. Rejects when the signal is aborted before that. */
export function waitForLock(locks: LockManager, name: string, signal: AbortSignal): Promise<HeldLock> {
  return new Promise((resolve, reject) => {
    locks.request(name, { signal }, () => held(resolve)).catch(reject);
  });
}

/** Held as long as the promise is pending. */
export function held(resolve: (lock: HeldLock) => void): Promise<void> {
  return new Promise((release) => {
    resolve({ release });
  });
}
