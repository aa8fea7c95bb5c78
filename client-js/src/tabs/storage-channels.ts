import { base64Url, fromBase64Url } from '../bytes.ts';
import type { Random } from '../random.ts';
import type { Channels, Letter } from './channels.ts';
import type { SharedStorage } from './shared-storage.ts';

const PREFIX = 'parley-bus/';
const ID_BYTES = 9;
/** Browsers give a site some 5 million characters. */
const LETTER_LENGTH_MAX = 2_000_000;

/**
 * Channels for browsers without BroadcastChannel: a value is set and removed at once, and the event tells it to the other
 * pages. What cannot be written is lost for the own page too, so that who is mute notices.
 */
export function storageChannels(storage: SharedStorage, random: Random): Channels {
  const page = base64Url(random.bytes(ID_BYTES));
  let posted = 0;
  let isSwept = false;
  return {
    post(name, { head, body, mac }) {
      // An equal value would be no event; a key of one's own meets no other page's.
      const text = JSON.stringify([++posted, head, body && base64Url(body), mac && base64Url(mac)]);
      if (text.length <= LETTER_LENGTH_MAX) {
        try {
          storage.flash(`${PREFIX}${name} ${page}`, text);
        } catch {
          // Full or forbidden.
        }
      }
    },
    listen(name, listener) {
      if (!isSwept) {
        isSwept = true;
        // Left by a page that crashed between the two.
        storage.keys(PREFIX).forEach((key) => {
          storage.remove(key);
        });
      }
      const prefix = `${PREFIX}${name} `;
      return storage.listen(prefix, ({ key, value }) => {
        const isOfThis = value !== null && key.lastIndexOf(' ') === prefix.length - 1;
        const letter = isOfThis ? letterFrom(value) : undefined;
        if (letter) {
          listener(letter);
        }
      });
    },
  };
}

function letterFrom(text: string): Letter | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const [, head, body, mac] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
    return typeof head === 'string' ? { head, body: bytesFrom(body), mac: bytesFrom(mac) } : undefined;
  } catch {
    return undefined;
  }
}

function bytesFrom(text: unknown): Uint8Array | undefined {
  return typeof text === 'string' ? fromBase64Url(text) : undefined;
}
