// Weighs the built script, as a browser downloads it, against its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Client, codec, outbox, text algebra and editor binding together. */
const BYTES_MAX = 19 * 1024;

const script = new URL('../dist/parley.iife.js', import.meta.url);
const bytes = gzipSync(readFileSync(script), { level: 9 }).length;
console.log(`dist/parley.iife.js: ${bytes} bytes compressed, of ${BYTES_MAX}`);
if (bytes > BYTES_MAX) {
  console.error('too large: make it smaller, or say in docs/decisions.md why the budget grows');
  process.exit(1);
}
