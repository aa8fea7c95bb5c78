import { base64Url } from '../bytes.ts';
import type { Surroundings } from '../environment.ts';

const SESSION_BYTES = 18;

/** The same for every leader of this browser: the gateway serves the newest of them. */
export function sessionOf(scope: string, { storage, random }: Pick<Surroundings, 'storage' | 'random'>): string {
  const key = `${scope}session`;
  const known = storage?.getItem(key) ?? base64Url(random.bytes(SESSION_BYTES));
  storage?.setItem(key, known);
  return known;
}
