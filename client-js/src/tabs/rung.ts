import type { Surroundings } from '../environment.ts';
import type { Channels } from './channels.ts';

/**
 * How the tabs of this browser share one socket: `auto` as well as they can, `lock` only by Web Locks, `lease` by leases in
 * local storage, `off` not at all. `worker`: it is in a SharedWorker of this script, which the page's own origin serves.
 */
export type TabsOption = 'auto' | 'lock' | 'lease' | 'off' | { readonly worker: string };

/** Where they do: in a SharedWorker, in one tab by a lock or by a lease; `off`: each has a socket of its own. */
export type Rung = 'worker' | 'lock' | 'lease' | 'off';

/** What the tabs meet by. */
export interface Meeting {
  readonly rung: 'lock' | 'lease';
  readonly locks: LockManager;
  readonly channels: Channels;
}

/** The best that is allowed and there; undefined: each tab is alone. */
export function meetingOf(option: TabsOption, { locks, channels, leases }: Surroundings): Meeting | undefined {
  if (option === 'off') {
    return undefined;
  }
  if (option !== 'lease' && locks && locks !== leases?.locks && channels) {
    return { rung: 'lock', locks, channels };
  }
  return option !== 'lock' && leases?.storage.isWritable ? { rung: 'lease', ...leases } : undefined;
}
