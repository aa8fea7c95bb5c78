// Builds the demo pages: each .ts file right in demo/ becomes one script in demo-dist/, everything else is copied.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const DEMO = fileURLToPath(new URL('../demo/', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../demo-dist/', import.meta.url));

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
const scripts = readdirSync(DEMO).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
cpSync(DEMO, OUTPUT, { recursive: true, filter: (source) => !source.endsWith('.ts') && !source.endsWith('.md') });
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
    outExtensions: () => ({ js: '.js' }),
    logLevel: 'warn',
  });
}
