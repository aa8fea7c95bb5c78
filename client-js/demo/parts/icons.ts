import type { MessageStatus } from '../../src/index.ts';

const SVG = 'http://www.w3.org/2000/svg';
const TICK = 'M1.5 6.5 4.5 9.5 10.5 2.5';
const SECOND_TICK = 'M7.5 9.5 13.5 2.5';
const CLOCK = 'M7 1.5a5 5 0 1 0 .01 0M7 3.8V6.6L9 8';

const PATHS: Readonly<Record<MessageStatus, readonly string[]>> = {
  saving: [CLOCK],
  saved: [CLOCK],
  sent: [TICK],
  delivered: [TICK, SECOND_TICK],
  read: [TICK, SECOND_TICK],
};

/** Ticks as people know them; the words stand beside. */
export function statusIcon(status: MessageStatus): SVGSVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 15 12');
  icon.setAttribute('aria-hidden', 'true');
  for (const d of PATHS[status]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    icon.append(path);
  }
  return icon;
}
