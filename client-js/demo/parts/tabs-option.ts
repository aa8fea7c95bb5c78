import type { TabsOption } from '../../src/index.ts';

const OPTIONS: Readonly<Record<string, TabsOption>> = {
  worker: { worker: 'parley-hub.js' },
  lock: 'lock',
  lease: 'lease',
  off: 'off',
};

/** How the tabs share a socket, for who wants to try: `?tabs=worker`, `lock`, `lease` or `off`. */
export function tabsOption(): TabsOption {
  return OPTIONS[new URLSearchParams(location.search).get('tabs') ?? ''] ?? 'auto';
}
