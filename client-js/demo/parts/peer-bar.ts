import type { Author, ConversationHandle } from '../../src/index.ts';
import { authorClass } from './authored-text.ts';
import { element, setAttribute, setChildren, setText } from './element.ts';
import { peerWords, typingWords } from './words.ts';

/** Who else looks at a conversation, and below who types there. */
export class PeerBar {
  readonly root = element('ul', { class: 'peers', 'data-testid': 'peers' });
  readonly typing = element('p', { class: 'typing', role: 'status', dir: 'auto', 'data-testid': 'typing' });
  private readonly chips = new PeerChips(this.root);

  constructor(
    private readonly conversation: ConversationHandle,
    signal: AbortSignal,
  ) {
    conversation.on(
      'peers',
      () => {
        this.draw();
      },
      signal,
    );
    this.draw();
  }

  private draw(): void {
    const peers = this.conversation.peers();
    this.chips.draw(peers.map(({ author }) => author));
    setText(this.typing, typingWords(peers.flatMap(({ author, typing }) => (typing ? [author] : []))));
  }
}

/** People as small signs in their colours. */
export class PeerChips {
  private readonly chips = new Map<string, HTMLLIElement>();

  constructor(private readonly list: HTMLUListElement) {}

  draw(authors: readonly Author[]): void {
    setChildren(
      this.list,
      authors.map((author) => this.chip(author)),
    );
    this.list.hidden = authors.length === 0;
  }

  private chip(author: Author): HTMLLIElement {
    const key = `${author.role}/${author.subject}`;
    const chip = this.chips.get(key) ?? element('li', { 'data-testid': 'peer', 'data-peer': author.subject });
    this.chips.set(key, chip);
    setAttribute(chip, 'class', `peer ${author.role === 'VISITOR' ? 'is-visitor' : authorClass(author)}`);
    setAttribute(chip, 'title', peerWords(author));
    setText(chip, author.name || author.subject);
    return chip;
  }
}
