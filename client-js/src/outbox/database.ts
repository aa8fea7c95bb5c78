const OPENINGS_MAX = 3;

/** Creates the stores of a new database. */
export type Upgrade = (database: IDBDatabase) => void;

/**
 * One IndexedDB database whose handle is opened when it is needed, and again when it died: browsers close handles on
 * their own account, and a dead one that is kept fails for ever.
 */
export class Database {
  /** How often it was created: a database that somebody cleared has nothing of what was written before. */
  creations = 0;
  private handle: Promise<IDBDatabase> | undefined;

  constructor(
    private readonly factory: IDBFactory,
    private readonly name: string,
    private readonly upgrade: Upgrade,
    /** The browser closed the handle, as when the user clears what pages have stored. */
    private readonly closed: () => void = noop,
  ) {}

  /**
   * Runs requests in one transaction, and resolves when the device has it, with what `body` returned: a function that
   * reads the results. The body must not wait for anything: a transaction left open blocks every other tab.
   */
  async transact<T>(
    stores: readonly string[],
    mode: IDBTransactionMode,
    body: (transaction: IDBTransaction) => T,
  ): Promise<T> {
    for (let opening = 1; ; opening++) {
      try {
        this.handle ??= this.open();
        return await run(await this.handle, stores, mode, body);
      } catch (error) {
        this.drop();
        if (opening === OPENINGS_MAX || isOutOfSpace(error)) {
          throw error;
        }
      }
    }
  }

  close(): void {
    this.drop();
  }

  private drop(): void {
    void this.handle?.then((database) => {
      database.close();
    }, noop);
    this.handle = undefined;
  }

  private open(): Promise<IDBDatabase> {
    const request = this.factory.open(this.name, 1);
    const opened = new Promise<IDBDatabase>((resolve, reject) => {
      request.onupgradeneeded = () => {
        this.creations++;
        this.upgrade(request.result);
      };
      request.onsuccess = () => {
        const forget = (): void => {
          request.result.close();
          if (this.handle === opened) {
            this.handle = undefined;
          }
        };
        request.result.onversionchange = forget;
        request.result.onclose = () => {
          forget();
          this.closed();
        };
        resolve(request.result);
      };
      request.onerror = () => {
        reject(errorOf(request.error));
      };
    });
    return opened;
  }
}

function run<T>(
  database: IDBDatabase,
  stores: readonly string[],
  mode: IDBTransactionMode,
  body: (transaction: IDBTransaction) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, mode, { durability: 'strict' });
    transaction.onabort = () => {
      reject(errorOf(transaction.error));
    };
    const result = body(transaction);
    transaction.oncomplete = () => {
      resolve(result);
    };
  });
}

function isOutOfSpace(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

function errorOf(error: DOMException | null): Error {
  return error ?? new Error('aborted');
}

function noop(): void {
  return;
}
