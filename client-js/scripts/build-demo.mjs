// Builds the demo pages: each .ts file right in demo/ becomes one script in demo-dist/, what they share
// another, and all else right there is copied, and so is the script of the SharedWorker.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const DEMO = fileURLToPath(new URL('../demo/', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../demo-dist/', import.meta.url));

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
copyFileSync(fileURLToPath(new URL('../dist/parley-hub.iife.js', import.meta.url)), `${OUTPUT}parley-hub.js`);
const files = readdirSync(DEMO, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
const scripts = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
for (const name of files.filter((name) => !name.endsWith('.ts') && !name.endsWith('.md'))) {
  copyFileSync(DEMO + name, OUTPUT + name);
}
if (scripts.length > 0) {
  await build({
    config: false,
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    entry: Object.fromEntries(scripts.map((name) => [name.slice(0, -3), `demo/${name}`])),
    outDir: OUTPUT,
    clean: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2020',
    dts: false,
    sourcemap: true,
    outputOptions: { chunkFileNames: 'shared.js' },
    outExtensions: () => ({ js: '.js' }),
    logLevel: 'warn',
  });
}
