/** The part of the browser's `localStorage` that is used. */
export type StorageLike = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** A key that was set, or removed: by this page or by another. */
export interface StorageChange {
  readonly key: string;
  readonly value: string | null;
}

const PROBE = 'parley-probe';

/** Local storage whose changes are heard in the own page too, where browsers tell only the others. */
export class SharedStorage {
  constructor(
    private readonly storage: StorageLike,
    /** Where `storage` events are dispatched. */
    private readonly page: EventTarget,
  ) {}

  /** Whether anything can be written: it may be full, or forbidden. */
  get isWritable(): boolean {
    try {
      this.storage.setItem(PROBE, '');
      this.storage.removeItem(PROBE);
      return true;
    } catch {
      return false;
    }
  }

  get(key: string): string | null {
    return this.storage.getItem(key);
  }

  set(key: string, value: string): void {
    this.storage.setItem(key, value);
    this.tellOwnPage(key, value);
  }

  remove(key: string): void {
    if (this.storage.getItem(key) !== null) {
      this.storage.removeItem(key);
      this.tellOwnPage(key, null);
    }
  }

  /** Others hear it; nothing stays. */
  flash(key: string, value: string): void {
    try {
      this.storage.setItem(key, value);
    } finally {
      this.storage.removeItem(key);
    }
    this.tellOwnPage(key, value);
  }

  keys(prefix: string): string[] {
    const all = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i) ?? '');
    return all.filter((key) => key.startsWith(prefix));
  }

  /** Listens to keys that begin so, until the returned function is called. */
  listen(prefix: string, listener: (change: StorageChange) => void): () => void {
    const heard = (event: Event): void => {
      const { key, newValue } = event as Partial<StorageEvent>;
      if (typeof key === 'string' && key.startsWith(prefix)) {
        listener({ key, value: newValue ?? null });
      }
    };
    this.page.addEventListener('storage', heard);
    return () => {
      this.page.removeEventListener('storage', heard);
    };
  }

  private tellOwnPage(key: string, newValue: string | null): void {
    queueMicrotask(() => {
      this.page.dispatchEvent(Object.assign(new Event('storage'), { key, newValue }));
    });
  }
}
