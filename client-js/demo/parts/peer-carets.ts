import { type Author, type ConversationHandle, indexAfter } from '../../src/index.ts';
import { authorClass } from './authored-text.ts';
import { element } from './element.ts';
import { nameOf, words } from './words.ts';

/** Somebody's selection in a text, in code points; `end` is where the caret is. */
export interface PeerCaret {
  readonly author: Author;
  readonly start: number;
  readonly end: number;
}

/** Two flags on a line that stand nearer than this would cover each other. */
const FLAG_PIXELS = 90;

/** Where others stand in a block: colleagues, and the assistant where its text goes on. */
export function caretsIn(conversation: ConversationHandle, blockId: string): PeerCaret[] {
  const block = conversation.block(blockId);
  const peers = conversation
    .peers()
    .flatMap(({ author, cursor }) =>
      cursor?.block === blockId ? [{ author, start: cursor.start, end: cursor.end }] : [],
    );
  const runs = (block?.anchors ?? []).flatMap(({ run, end }) =>
    run ? [{ author: assistantOf(block), start: end, end }] : [],
  );
  return [...peers, ...runs];
}

function assistantOf(block: { readonly authors: readonly Author[] } | undefined): Author {
  const known = block?.authors.find(({ role }) => role === 'ASSISTANT');
  return known ?? { subject: 'assistant', role: 'ASSISTANT', name: words.assistant };
}

/** Draws carets with names, and selections, over a text that is laid out already. Once a frame, since it has to be measured. */
export class PeerCarets {
  /** To stand under the field's text. */
  readonly under = element('div', { class: 'peer-selections', 'aria-hidden': 'true' });
  /** To stand over it. */
  readonly over = element('div', { class: 'peer-carets', 'aria-hidden': 'true' });
  private carets: readonly PeerCaret[] = [];
  private frame = 0;

  /** `text`: has the text and lies where the field's text does, behind a frame of `root`'s size. */
  constructor(
    private readonly text: HTMLElement,
    private readonly root: HTMLElement,
  ) {}

  draw(carets: readonly PeerCaret[]): void {
    this.carets = carets;
    this.place();
  }

  /** The text is laid out otherwise, or scrolled. */
  place(): void {
    const isDrawn = this.over.hasChildNodes() || this.under.hasChildNodes();
    if (this.frame === 0 && (isDrawn || this.carets.length > 0)) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.measure();
      });
    }
  }

  private measure(): void {
    const frame = this.root.getBoundingClientRect();
    const flags: HTMLElement[] = [];
    const marks: HTMLElement[] = [];
    const taken: { readonly x: number; readonly y: number }[] = [];
    for (const { author, start, end } of this.carets) {
      marks.push(...this.selection(frame, { author, start: Math.min(start, end), end: Math.max(start, end) }));
      const rect = this.caretAt(end);
      if (rect && rect.top >= frame.top && rect.bottom <= frame.bottom) {
        const [x, y] = [rect.left - frame.left, rect.top - frame.top];
        const isCrowded = taken.some((flag) => Math.abs(flag.x - x) < FLAG_PIXELS && Math.abs(flag.y - y) < 2);
        taken.push({ x, y });
        flags.push(caret(author, { x, y, height: rect.height }, isCrowded, x > frame.width - FLAG_PIXELS));
      }
    }
    this.over.replaceChildren(...flags);
    this.under.replaceChildren(...marks);
  }

  private selection(frame: DOMRect, { author, start, end }: PeerCaret): HTMLElement[] {
    const [from, to] = [this.pointAt(start), this.pointAt(end)];
    if (!from || !to || start === end) {
      return [];
    }
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return [...range.getClientRects()]
      .filter(({ width }) => width > 0)
      .map(({ left, top, width, height }) => {
        const mark = element('span', {
          class: `peer-selection ${authorClass(author)}`,
          'data-testid': 'peer-selection',
          'data-peer': author.subject,
        });
        stand(mark, { x: left - frame.left, y: top - frame.top, height });
        mark.style.width = `${width}px`;
        return mark;
      });
  }

  private caretAt(offset: number): DOMRect | undefined {
    const point = this.pointAt(offset);
    if (!point) {
      return undefined;
    }
    const { node, offset: at } = point;
    const range = document.createRange();
    range.setStart(node, at);
    // After a line's end only the next character says on which line the caret is.
    range.setEnd(node, at + ((node.data.codePointAt(at) ?? 0) > 0xffff ? 2 : 1));
    const [rect] = range.getClientRects();
    return rect;
  }

  /** The character that a caret stands before. */
  private pointAt(offset: number): { readonly node: Text; readonly offset: number } | undefined {
    const index = indexAfter(this.text.textContent, offset);
    const walker = document.createTreeWalker(this.text, NodeFilter.SHOW_TEXT);
    let left = index;
    for (let node = walker.nextNode(); node instanceof Text && index >= 0; node = walker.nextNode()) {
      if (left < node.length) {
        return { node, offset: left };
      }
      left -= node.length;
    }
    return undefined;
  }
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

function caret(author: Author, spot: Spot, isBelow: boolean, isAtEdge: boolean): HTMLElement {
  const made = element(
    'span',
    { class: `peer-caret ${authorClass(author)}`, 'data-testid': 'peer-caret', 'data-peer': author.subject },
    element('span', { class: 'peer-flag' }, nameOf(author)),
  );
  made.classList.toggle('is-below', isBelow);
  made.classList.toggle('is-at-edge', isAtEdge);
  stand(made, spot);
  return made;
}

function stand({ style }: HTMLElement, { x, y, height }: Spot): void {
  style.left = `${x}px`;
  style.top = `${y}px`;
  style.height = `${height}px`;
}
