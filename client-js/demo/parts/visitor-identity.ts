import { Stored } from './stored.ts';

export interface Identity {
  readonly subject: string;
  readonly name: string;
}

const KEY = 'parley-demo-visitor';
const MOODS = ['Brave', 'Calm', 'Cheerful', 'Curious', 'Gentle', 'Keen', 'Lucky', 'Merry', 'Quiet', 'Sunny', 'Witty'];
const ANIMALS = ['Badger', 'Finch', 'Fox', 'Heron', 'Lynx', 'Otter', 'Panda', 'Robin', 'Seal', 'Swan', 'Wren'];

/** Who the visitor is: the same one in every tab of this browser, today and tomorrow. */
export function visitorIdentity(): Identity {
  const stored = new Stored(() => localStorage, KEY);
  const known = identityFrom(stored.get());
  if (known) {
    return known;
  }
  return newVisitorIdentity();
}

/** Somebody else from now on, in every tab that is loaded after this. */
export function newVisitorIdentity(): Identity {
  const stored = new Stored(() => localStorage, KEY);
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  const hex = [...bytes.slice(2)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const identity = { subject: `visitor-${hex}`, name: `${pick(MOODS, bytes[0])} ${pick(ANIMALS, bytes[1])}` };
  stored.set(JSON.stringify(identity));
  return identity;
}

function identityFrom(json: string | undefined): Identity | undefined {
  try {
    const value = JSON.parse(json ?? 'null') as Partial<Identity> | null;
    return typeof value?.subject === 'string' && typeof value.name === 'string'
      ? { subject: value.subject, name: value.name }
      : undefined;
  } catch {
    return undefined;
  }
}

function pick(words: readonly string[], random = 0): string {
  return words[random % words.length] ?? '';
}
