import type { Client } from '../../src/index.ts';
import { element, setText } from './element.ts';
import { connectionWords, retryWords, words } from './words.ts';

/** How the connection is, always on the page. Screen readers hear of each change, but not of each second. */
export class ConnectionStatus {
  readonly root: HTMLElement;
  private readonly words = element('span', { role: 'status', 'data-testid': 'connection-words' });
  private readonly countdown = element('span', {
    class: 'connection-countdown',
    'aria-hidden': 'true',
    'data-testid': 'connection-countdown',
  });
  private readonly again: HTMLButtonElement;
  private wasLive = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly client: Client) {
    const connect = (): void => {
      client.connect();
    };
    this.again = element('button', { type: 'button', class: 'link', click: connect }, words.connectAgain);
    this.root = element(
      'div',
      { class: 'connection', 'data-testid': 'connection' },
      element('span', { class: 'connection-dot', 'aria-hidden': 'true' }),
      element('span', {}, this.words, ' ', this.countdown),
      this.again,
    );
    client.on('state', () => {
      this.draw();
    });
    this.draw();
  }

  private draw(): void {
    const { state } = this.client;
    this.wasLive ||= state.name === 'live';
    this.root.dataset['state'] = state.name;
    setText(this.words, connectionWords(state, this.wasLive));
    this.again.hidden = state.name !== 'closed';
    clearInterval(this.timer);
    const count = (): void => {
      setText(this.countdown, retryWords(state, this.wasLive));
    };
    count();
    if (state.name === 'waiting') {
      this.timer = setInterval(count, 1000);
    }
  }
}
