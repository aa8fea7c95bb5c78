import { fromBase64Url } from '../bytes.ts';
import type { Surroundings } from '../environment.ts';
import { Database } from '../outbox/database.ts';

/** A key that tabs sign with, under the name that the gateway gave it. It cannot be taken out of the browser. */
export interface BusKey {
  readonly id: string;
  readonly key: CryptoKey;
  readonly expiresAtMillis: number;
}

const STORE = 'keys';
const FETCH_MILLIS_MAX = 5_000;
/** How often a key is asked for at most, since somebody signs with another one. */
const REFRESH_MILLIS = 30_000;

/**
 * The keys that the tabs of one principal sign with. The gateway gives each tab the same, for a day; between two days some
 * have the new one already, and whoever hears of a key that it does not have asks for it.
 */
export class KeyRing {
  private keys: readonly BusKey[] = [];
  private refreshedAtMillis = -Infinity;
  private readonly database: Database | undefined;

  constructor(
    private readonly url: string,
    principal: string,
    private readonly around: Surroundings,
    private readonly token: () => Promise<string>,
  ) {
    const { indexedDB } = around;
    this.database = indexedDB && new Database(indexedDB, `parley/${url}/${principal}/key`, upgrade);
  }

  /** The one to sign with. */
  get newest(): BusKey | undefined {
    return this.keys[0];
  }

  find(id: unknown): BusKey | undefined {
    return this.keys.find((key) => key.id === id);
  }

  /** Whether there is a key: one that was kept and has not expired, or else the gateway's. */
  async load(token: string): Promise<boolean> {
    if (!this.isFresh(this.newest)) {
      this.keep(await this.stored());
    }
    if (!this.isFresh(this.newest)) {
      await this.get(token);
    }
    return this.newest !== undefined;
  }

  async sign({ key }: BusKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
    const mac = await this.around.subtle?.sign('HMAC', key, bytes);
    return mac && new Uint8Array(mac);
  }

  async isSignedBy({ key }: BusKey, bytes: Uint8Array<ArrayBuffer>, mac: Uint8Array): Promise<boolean> {
    const isSigned = this.around.subtle?.verify('HMAC', key, mac as Uint8Array<ArrayBuffer>, bytes);
    return (await isSigned?.catch(noop)) ?? false;
  }

  /** Somebody signed with this key, which is not here: it is where another tab kept it, or else the gateway's. */
  async refresh(id: unknown): Promise<void> {
    this.keep(await this.stored());
    const nowMillis = this.around.clock.nowMillis();
    if (!this.find(id) && nowMillis - this.refreshedAtMillis >= REFRESH_MILLIS) {
      this.refreshedAtMillis = nowMillis;
      await this.token().then((token) => this.get(token), noop);
    }
  }

  private async get(token: string): Promise<void> {
    const address = new URL('v1/tab-key', this.url.replace(/^ws/, 'http'));
    const late = new AbortController();
    const cancel = this.around.clock.after(FETCH_MILLIS_MAX, () => {
      late.abort();
    });
    try {
      const headers = { authorization: `Bearer ${token}` };
      const response = await this.around.fetch?.(address.href, { headers, signal: late.signal, cache: 'no-store' });
      const key = response?.ok ? await this.imported(await response.json()) : undefined;
      await this.store(key);
      this.keep(key);
    } catch {
      // Without a key this tab has a connection of its own, or goes on with the key that it has.
    } finally {
      cancel();
    }
  }

  private async imported(answer: unknown): Promise<BusKey | undefined> {
    const { id, key: encoded, expiresAtMillis } = answer as { id: string; key: string; expiresAtMillis: number };
    const bytes = fromBase64Url(encoded);
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await this.around.subtle?.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
    return key && { id, key, expiresAtMillis };
  }

  private keep(key: BusKey | undefined): void {
    if (key && !this.find(key.id)) {
      this.keys = [key, ...this.keys].slice(0, 2);
    }
  }

  private isFresh(key: BusKey | undefined): boolean {
    return key !== undefined && key.expiresAtMillis > this.around.clock.nowMillis();
  }

  private async stored(): Promise<BusKey | undefined> {
    const request = await this.database
      ?.transact([STORE], 'readonly', (transaction) => transaction.objectStore(STORE).getAll())
      .catch(noop);
    return (request?.result as BusKey[] | undefined)?.find((key) => this.isFresh(key));
  }

  private async store(key: BusKey | undefined): Promise<void> {
    if (key) {
      await this.database
        ?.transact([STORE], 'readwrite', (transaction) => {
          transaction.objectStore(STORE).clear();
          transaction.objectStore(STORE).put(key);
        })
        .catch(noop);
    }
  }
}

function upgrade(database: IDBDatabase): void {
  database.createObjectStore(STORE, { keyPath: 'id' });
}

function noop(): undefined {
  return undefined;
}
