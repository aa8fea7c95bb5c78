/** Listeners by event name. A listener that throws does not keep the others from being called. */
export class Events<M extends object> {
  private readonly listeners = new Map<keyof M, Set<(value: never) => void>>();

  /** Calls `listener` on each event until the returned function is called or `signal` is aborted. */
  on<K extends keyof M>(event: K, listener: (value: M[K]) => void, signal?: AbortSignal): () => void {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners);
    const entry = (value: M[K]): void => {
      listener(value);
    };
    const off = (): void => {
      listeners.delete(entry);
    };
    if (!signal?.aborted) {
      listeners.add(entry);
      signal?.addEventListener('abort', off, { once: true });
    }
    return off;
  }

  emit<K extends keyof M>(event: K, value: M[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        (listener as (value: M[K]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
