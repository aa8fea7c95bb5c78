import type { Author, Block, ConversationHandle } from '../../src/index.ts';
import { element, setChildren } from './element.ts';
import { words } from './words.ts';

const OFFERED = ['👍', '❤️', '😄', '🎉', '🙏'];
const PREFIX = 'reaction/';

/** The reactions to a message: one's own can be taken back, and others' joined. */
export class ReactionBar {
  readonly root = element('p', { class: 'reactions', 'data-testid': 'reactions' });
  private readonly chips = new Map<string, HTMLButtonElement>();
  private readonly offer: HTMLElement;
  private readonly open: HTMLButtonElement;

  constructor(
    private readonly conversation: ConversationHandle,
    private readonly blockId: string,
    private readonly self: () => Author,
  ) {
    this.offer = element('span', { class: 'reaction-offer', role: 'group', 'aria-label': words.reactions });
    this.offer.hidden = true;
    this.offer.append(...OFFERED.map((emoji) => this.button(emoji, 'reaction-pick', emoji)));
    const click = (): void => {
      this.offer.hidden = !this.offer.hidden;
      this.open.setAttribute('aria-expanded', String(!this.offer.hidden));
    };
    this.open = element(
      'button',
      {
        type: 'button',
        class: 'reaction reaction-open',
        'aria-label': words.react,
        'aria-expanded': 'false',
        'data-testid': 'react',
        click,
      },
      '☺',
    );
  }

  draw({ attributes, kind, revision }: Block): void {
    const counts = new Map<string, number>();
    for (const key of attributes.keys()) {
      if (key.startsWith(PREFIX)) {
        const emoji = key.slice(PREFIX.length, key.lastIndexOf('/'));
        counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
      }
    }
    const shown = [...counts].map(([emoji, count]) => {
      const chip = this.chips.get(emoji) ?? this.button(emoji, 'reaction', '');
      this.chips.set(emoji, chip);
      const words = `${emoji} ${count}`;
      if (chip.textContent !== words) {
        chip.textContent = words;
      }
      chip.setAttribute('aria-pressed', String(this.isOwn(attributes, emoji)));
      return chip;
    });
    setChildren(this.root, [...shown, this.open, this.offer]);
    this.root.hidden = revision === 0 || kind !== 'MESSAGE';
  }

  private button(emoji: string, testId: string, words: string): HTMLButtonElement {
    const click = (): void => {
      const attributes = this.conversation.block(this.blockId)?.attributes;
      this.conversation.react(this.blockId, emoji, !attributes || !this.isOwn(attributes, emoji));
      this.offer.hidden = true;
      this.open.setAttribute('aria-expanded', 'false');
    };
    return element('button', { type: 'button', class: 'reaction', 'data-testid': testId, click }, words);
  }

  private isOwn(attributes: ReadonlyMap<string, string>, emoji: string): boolean {
    return attributes.has(`${PREFIX}${emoji}/${this.self().subject}`);
  }
}
