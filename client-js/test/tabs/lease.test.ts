// The suite of tabs.test.ts once more, in a browser without Web Locks and BroadcastChannel.
import { LEASE, RUNG } from '../fixture/rung.ts';

RUNG.tested = LEASE;
await import('./tabs.test.ts');
