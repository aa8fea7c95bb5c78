import { base64Url } from '../bytes.ts';
import type { Random } from '../random.ts';
import type { Lane, Outbox } from './outbox.ts';

const OUTBOX_ID_BYTES = 16;

/** A random id that nobody else has. */
export function newOutboxId(random: Random): string {
  return base64Url(random.bytes(OUTBOX_ID_BYTES));
}

/** An outbox that lasts as long as the page: what is pending lives in the replicas alone. */
export class MemoryOutbox implements Outbox {
  private current: string;

  constructor(private readonly random: Random) {
    this.current = newOutboxId(random);
  }

  id(): string {
    return this.current;
  }

  renew(): string {
    this.current = newOutboxId(this.random);
    return this.current;
  }

  lane(outbox: string): Lane {
    const nothing = () => Promise.resolve();
    return { outbox, answeredSeq: 0, blockCount: 0, save: nothing, moveTo: nothing };
  }

  unsent(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  dismiss(): Promise<void> {
    return Promise.resolve();
  }
}
