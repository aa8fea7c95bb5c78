import { element } from './element.ts';

/** A button that looks like a link. It leaves the selection of the page as it is. */
export function linkButton(words: string, testId: string, click: () => void): HTMLButtonElement {
  const mousedown = (event: Event): void => {
    event.preventDefault();
  };
  return element('button', { type: 'button', class: 'link', 'data-testid': testId, click, mousedown }, words);
}
