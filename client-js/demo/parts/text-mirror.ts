import type { Block } from '../../src/index.ts';
import { authoredSpans, piecesOf } from './authored-text.ts';
import { element } from './element.ts';
import { type PeerCaret, PeerCarets } from './peer-carets.ts';

/** Lies behind a text field, with the same text in the same places, and shows in colours who wrote what and who stands where. */
export class TextMirror {
  readonly root: HTMLElement;
  private readonly layer = element('div', { class: 'mirror', 'aria-hidden': 'true', dir: 'auto' });
  private readonly carets: PeerCarets;
  private shown = '';

  constructor(private readonly field: HTMLTextAreaElement) {
    this.root = element('div', { class: 'mirrored' });
    this.carets = new PeerCarets(this.layer, this.root);
    this.root.append(this.layer, this.carets.under, field, this.carets.over);
    field.addEventListener('scroll', () => {
      this.layer.scrollTop = field.scrollTop;
      this.carets.place();
    });
    new ResizeObserver(() => {
      this.carets.place();
    }).observe(field);
  }

  draw(block: Block | undefined, carets: readonly PeerCaret[] = []): void {
    const isSame = block?.text === this.field.value;
    const pieces = block && isSame ? piecesOf(block) : [];
    const key = JSON.stringify(pieces.map(({ text, author }) => [text, author?.subject]));
    if (key !== this.shown) {
      this.shown = key;
      this.layer.replaceChildren(...authoredSpans(pieces));
      // A last line that is empty is a line too.
      this.layer.append('\u200b');
    }
    this.layer.scrollTop = this.field.scrollTop;
    this.carets.draw(isSame ? carets : []);
  }
}
