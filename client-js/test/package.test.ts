import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url);
const NAMES = ['Client', 'EditError', 'ParleyError', 'apply', 'bindText', 'compose', 'createClient', 'diff', 'invert'];

describe.runIf(existsSync(new URL('dist/parley.iife.js', ROOT)))('the built package', () => {
  it('is imported', async () => {
    const module = (await import(new URL('dist/index.mjs', ROOT).href)) as object;
    expect(Object.keys(module)).toEqual(expect.arrayContaining(NAMES));
  });

  it('is required', () => {
    const module = createRequire(import.meta.url)('../dist/index.cjs') as object;
    expect(Object.keys(module)).toEqual(expect.arrayContaining(NAMES));
  });

  it('is a script with one global, which touches nothing of the page when it is loaded', () => {
    const page: Record<string, unknown> = {};
    runInNewContext(readFileSync(new URL('dist/parley.iife.js', ROOT), 'utf8'), page);
    expect(Object.keys(page)).toEqual(['Parley']);
    expect(Object.keys(page['Parley'] as object)).toEqual(expect.arrayContaining(NAMES));
  });

  it('has what staff do in an entry of its own, and all of it as one script', async () => {
    const module = (await import(new URL('dist/desk.mjs', ROOT).href)) as object;
    expect(Object.keys(module)).toEqual(['DeskConversation', 'Site', 'bindUndo']);
    expect(Object.keys(createRequire(import.meta.url)('../dist/desk.cjs') as object)).toEqual(Object.keys(module));
    const page: Record<string, unknown> = {};
    runInNewContext(readFileSync(new URL('dist/parley-desk.iife.js', ROOT), 'utf8'), page);
    expect(Object.keys(page['Parley'] as object)).toEqual(expect.arrayContaining([...NAMES, 'DeskConversation']));
  });

  it('has values that merge in an entry of their own', async () => {
    const module = (await import(new URL('dist/crdt.mjs', ROOT).href)) as object;
    expect(Object.keys(module)).toEqual(['addWinsSet', 'orderedSet', 'pnCounter']);
    expect(Object.keys(createRequire(import.meta.url)('../dist/crdt.cjs') as object)).toEqual(Object.keys(module));
  });

  it('has what tells of unread messages in an entry of its own', async () => {
    const module = (await import(new URL('dist/notify.mjs', ROOT).href)) as object;
    expect(Object.keys(module)).toEqual(['Notifier']);
  });

  it('has every file that it names, types first, and nothing to install with it', () => {
    const manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
      exports: Record<string, string | Record<string, Record<string, string>>>;
      dependencies?: object;
      unpkg: string;
    };
    for (const name of ['.', './desk', './crdt', './notify']) {
      const entry = manifest.exports[name] as Record<string, Record<string, string>>;
      for (const condition of Object.values(entry)) {
        expect(Object.keys(condition)).toEqual(['types', 'default']);
        Object.values(condition).forEach((file) => {
          expect(existsSync(new URL(file, ROOT))).toBe(true);
        });
      }
    }
    expect(existsSync(new URL(manifest.unpkg, ROOT))).toBe(true);
    expect(manifest.dependencies).toBeUndefined();
  });
});
