import type { Block } from '../../src/index.ts';
import { authoredSpans, piecesOf } from './authored-text.ts';
import { element } from './element.ts';

/** Lies behind a text field, with the same text in the same places, and shows in colours who wrote what. */
export class TextMirror {
  readonly root: HTMLElement;
  private readonly layer = element('div', { class: 'mirror', 'aria-hidden': 'true', dir: 'auto' });
  private shown = '';

  constructor(private readonly field: HTMLTextAreaElement) {
    this.root = element('div', { class: 'mirrored' }, this.layer, field);
    field.addEventListener('scroll', () => {
      this.layer.scrollTop = field.scrollTop;
    });
  }

  draw(block: Block | undefined): void {
    const pieces = block?.text === this.field.value ? piecesOf(block) : [];
    const key = JSON.stringify(pieces.map(({ text, author }) => [text, author?.subject]));
    if (key !== this.shown) {
      this.shown = key;
      this.layer.replaceChildren(...authoredSpans(pieces));
      // A last line that is empty is a line too.
      this.layer.append('\u200b');
    }
    this.layer.scrollTop = this.field.scrollTop;
  }
}
