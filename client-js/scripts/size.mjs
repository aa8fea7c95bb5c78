// Weighs the built script, as a browser downloads it, against its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Client and codec 12 kB, tabs (owning and adopting outboxes) 3, outbox 3, text algebra with editor binding 4. */
const BYTES_MAX = 22_000;

const script = new URL('../dist/parley.iife.js', import.meta.url);
const bytes = gzipSync(readFileSync(script), { level: 9 }).length;
console.log(`dist/parley.iife.js: ${bytes} bytes compressed, of ${BYTES_MAX}`);
if (bytes > BYTES_MAX) {
  console.error('too large: make it smaller, or say in docs/decisions.md why the budget grows');
  process.exit(1);
}
