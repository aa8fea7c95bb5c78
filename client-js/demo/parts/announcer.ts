import { element } from './element.ts';

/** Tells screen readers what arrived, without having them read a whole list. */
export class Announcer {
  readonly root = element('div', { class: 'visually-hidden', 'aria-live': 'polite', 'data-testid': 'announcer' });

  say(words: string): void {
    this.root.replaceChildren(element('p', { dir: 'auto' }, words));
  }
}
