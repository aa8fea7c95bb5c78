import { linkButton } from './link-button.ts';
import { words } from './words.ts';

/** Asks the browser whether it may tell of answers. There as long as that is open. */
export function notifyButton(): HTMLElement | undefined {
  if (!('Notification' in window) || Notification.permission !== 'default') {
    return undefined;
  }
  const button = linkButton(words.notifyMe, 'notify-me', () => {
    void Notification.requestPermission().then((permission) => {
      button.hidden = permission !== 'default';
    });
  });
  return button;
}
