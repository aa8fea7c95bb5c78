import { Database } from './database.ts';

interface UserRecord {
  readonly principal: string;
  readonly usedMillis: number;
}

const STORE = 'users';
const USERS_MAX = 10;

/** Who used this browser at one gateway, latest first. What is kept of others goes, unless something of theirs waits. */
export class Users {
  private readonly database: Database;

  constructor(
    private readonly factory: IDBFactory,
    private readonly url: string,
    private readonly nowMillis: () => number,
  ) {
    this.database = new Database(factory, `parley/${url}/users`, (database) => {
      database.createObjectStore(STORE, { keyPath: 'principal' });
    });
  }

  /** This one is here now. */
  async remember(principal: string): Promise<void> {
    const request = await this.database.transact([STORE], 'readwrite', (transaction) => {
      const store = transaction.objectStore(STORE);
      store.put({ principal, usedMillis: this.nowMillis() } satisfies UserRecord);
      return store.getAll();
    });
    const users = (request.result as UserRecord[]).sort((a, b) => b.usedMillis - a.usedMillis);
    for (const user of users.slice(USERS_MAX)) {
      if (await this.isDrained(user.principal)) {
        await this.forget(user.principal);
      }
    }
  }

  private async isDrained(principal: string): Promise<boolean> {
    const outbox = new Database(this.factory, this.nameOf(principal), () => undefined);
    try {
      const counts = await outbox.transact(['submissions', 'unsent'], 'readonly', (transaction) => [
        transaction.objectStore('submissions').count(),
        transaction.objectStore('unsent').count(),
      ]);
      return counts.every(({ result }) => result === 0);
    } catch {
      return false;
    } finally {
      outbox.close();
    }
  }

  private async forget(principal: string): Promise<void> {
    const name = this.nameOf(principal);
    await Promise.all([name, `${name}/snapshots`, `${name}/key`].map((each) => this.remove(each)));
    await this.database.transact([STORE], 'readwrite', (transaction) => {
      transaction.objectStore(STORE).delete(principal);
    });
  }

  private remove(name: string): Promise<void> {
    return new Promise((resolve) => {
      const request = this.factory.deleteDatabase(name);
      request.onsuccess = request.onerror = () => {
        resolve();
      };
    });
  }

  private nameOf(principal: string): string {
    return `parley/${this.url}/${principal}`;
  }
}
