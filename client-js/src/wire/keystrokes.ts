import { CodecError } from './codec.ts';
import type { Entry, Keystrokes, ServerFrame } from './schema.ts';

/** A frame that was just decoded gets the entries that its keystrokes stand for. */
export function unpacked(frame: ServerFrame): ServerFrame {
  const packed = (frame.opened ?? frame).entries as { entries: Entry[]; keystrokes?: Keystrokes } | undefined;
  const columns = packed?.keystrokes;
  if (columns) {
    const letters = Array.from(columns.text);
    const latest = [...packed.entries];
    let [last] = latest as [Entry];
    let baseLength = 0;
    let place = 0;
    columns.changes.forEach((change, index) => {
      const at = (column: readonly number[]) => column[index] ?? 0;
      const like = at(columns.likes);
      // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- one that is like nothing throws, as all that is malformed
      const entry = latest[like]!;
      const effect = entry.effects[0];
      if (!effect?.editText) {
        throw new CodecError('MALFORMED');
      }
      place += at(columns.places);
      baseLength += at(columns.baseLengths);
      const span = Math.min(change, 0);
      const edit = { spans: place ? [place, span] : [span], inserts: span ? [] : [letters.splice(0, change).join('')] };
      last = latest[like] = {
        ...entry,
        seq: entry.seq + 1,
        revision: 1 + last.revision + at(columns.skips),
        timeMillis: last.timeMillis + at(columns.timesMillis),
        contentId: columns.contentIds.slice(8 * index, 8 * index + 8),
        effects: [{ ...effect, editText: { ...effect.editText, baseLength, edit } }],
      };
      packed.entries.push(last);
      baseLength += change;
    });
    packed.entries.sort((a, b) => a.revision - b.revision);
    delete packed.keystrokes;
  }
  return frame;
}
