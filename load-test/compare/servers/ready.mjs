import { readFileSync } from 'node:fs';

/** Says where a server listens and with what it runs: what the comparison waits for, and holds against what it pins. */
export function ready(name, port, ...packages) {
  const versions = packages.map((each) => {
    const file = new URL(`../node_modules/${each}/package.json`, import.meta.url);
    return `${each}=${JSON.parse(readFileSync(file, 'utf8')).version}`;
  });
  console.log(`${name} ready on http://127.0.0.1:${port} ${[`node=${process.versions.node}`, ...versions].join(' ')}`);
}
