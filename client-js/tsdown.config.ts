import { defineConfig, type UserConfig } from 'tsdown';

const shared: UserConfig = {
  entry: { index: 'src/index.ts', crdt: 'src/crdt/index.ts', desk: 'src/desk/index.ts', notify: 'src/notify/index.ts' },
  outDir: 'dist',
  platform: 'neutral',
  target: 'es2020',
  sourcemap: true,
  clean: false,
};

const script: UserConfig = {
  ...shared,
  format: 'iife',
  platform: 'browser',
  globalName: 'Parley',
  minify: true,
  dts: false,
};

export default defineConfig([
  { ...shared, format: 'esm', dts: true, clean: true, outExtensions: () => ({ js: '.mjs', dts: '.d.mts' }) },
  { ...shared, format: 'cjs', dts: true, outExtensions: () => ({ js: '.cjs', dts: '.d.cts' }) },
  { ...script, entry: { parley: 'src/index.ts' } },
  { ...script, entry: { 'parley-desk': 'src/desk/script.ts' } },
  { ...script, entry: { 'parley-hub': 'src/hub/shared-worker.ts' } },
]);
