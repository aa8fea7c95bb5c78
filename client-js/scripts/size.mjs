// Weighs the built script, as a browser downloads it, against its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BYTES_MAX = {
  /** For visitors: client, codec and who is here 17.3 kB, event streams 1.5, tabs (one socket for all, outboxes owned and adopted) 9, outbox 3, text algebra and binding 5. */
  'parley.iife.js': 40_700,
  /** For desks: with what only staff may do. */
  'parley-desk.iife.js': 45_300,
  /** The SharedWorker that has the socket of all tabs. */
  'parley-hub.iife.js': 18_600,
};

for (const [name, bytesMax] of Object.entries(BYTES_MAX)) {
  const script = new URL(`../dist/${name}`, import.meta.url);
  const bytes = gzipSync(readFileSync(script), { level: 9 }).length;
  console.log(`dist/${name}: ${bytes} bytes compressed, of ${bytesMax}`);
  if (bytes > bytesMax) {
    console.error('too large: make it smaller, or say in docs/decisions.md why the budget grows');
    process.exitCode = 1;
  }
}
