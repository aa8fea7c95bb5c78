import { authoredSpans } from './authored-text.ts';
import type { DeskApi, Version } from './desk-api.ts';
import { element, setText } from './element.ts';
import { SOURCES, nameOf, roleWords, timeWords, words } from './words.ts';

/** How a text came to be: a slider through its versions, and the list of them with what each changed. */
export class VersionsDialog {
  readonly root: HTMLDialogElement;
  private readonly slider: HTMLInputElement;
  private readonly told = element('p', { class: 'version-told', 'data-testid': 'version-told', 'aria-live': 'polite' });
  private readonly text = element('p', { class: 'version-text', dir: 'auto', 'data-testid': 'version-text' });
  private readonly list = element('ol', { class: 'versions', 'data-testid': 'versions' });
  private versions: readonly Version[] = [];

  constructor(private readonly api: DeskApi) {
    const input = (): void => {
      this.show(Number(this.slider.value));
    };
    const close = (): void => {
      this.root.close();
    };
    this.slider = element('input', {
      type: 'range',
      min: '0',
      'aria-label': words.throughTime,
      'data-testid': 'version-slider',
      input,
    });
    this.root = element(
      'dialog',
      { class: 'versions-dialog', 'aria-labelledby': 'versions-title', 'data-testid': 'versions-dialog' },
      element(
        'header',
        {},
        element('h2', { id: 'versions-title' }, words.versions),
        element('button', { type: 'button', 'data-testid': 'versions-close', click: close }, words.close),
      ),
      this.slider,
      this.told,
      this.text,
      this.list,
    );
  }

  async open(conversation: string, block: string): Promise<void> {
    this.versions = [];
    this.list.replaceChildren();
    this.text.replaceChildren();
    this.slider.hidden = true;
    setText(this.told, words.loading);
    this.root.showModal();
    try {
      this.versions = await this.api.versions(conversation, block);
    } catch {
      setText(this.told, words.versionsAway);
      return;
    }
    this.list.replaceChildren(...this.versions.map((version, i) => this.item(version, i)));
    this.slider.hidden = this.versions.length < 2;
    this.slider.max = String(this.versions.length - 1);
    this.show(this.versions.length - 1);
    this.slider.focus();
  }

  private item(version: Version, i: number): HTMLLIElement {
    const click = (): void => {
      this.show(i);
    };
    return element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'version', 'data-testid': 'version', click },
        element('span', { class: 'version-head' }, headWords(version)),
        element('span', { class: 'version-change', dir: 'auto' }, ...changeOf(version, this.versions[i - 1])),
      ),
    );
  }

  private show(i: number): void {
    const version = this.versions[i];
    if (!version) {
      setText(this.told, words.noVersions);
      return;
    }
    this.slider.value = String(i);
    setText(this.told, `${i + 1} of ${this.versions.length} · ${headWords(version)}`);
    const points = Array.from(version.text ?? '');
    const pieces = (version.authorship ?? []).map(({ start, end, author }) => ({
      text: points.slice(start, end).join(''),
      author,
    }));
    this.text.replaceChildren(...authoredSpans(pieces));
    if (version.text === undefined) {
      setText(this.text, words.textRemoved);
    }
    [...this.list.children].forEach((child, at) => {
      child.firstElementChild?.setAttribute('aria-current', String(at === i));
    });
  }
}

function headWords({ author, source, time, model }: Version): string {
  const by = [nameOf(author), roleWords(author.role), SOURCES[source ?? 'HUMAN'], model].filter(Boolean);
  return `${timeWords(Date.parse(time))} · ${by.join(' · ')}`;
}

/** The text with what was put in and taken out. */
function changeOf({ edit = [] }: Version, before: Version | undefined): Node[] {
  const old = Array.from(before?.text ?? '');
  const nodes: Node[] = [];
  let at = 0;
  for (const part of edit) {
    const length = typeof part === 'number' ? part : typeof part === 'string' ? 0 : part.d;
    const stood = old.slice(at, at + length).join('');
    at += length;
    if (typeof part === 'string') {
      nodes.push(element('ins', {}, part));
    } else if (typeof part === 'number') {
      nodes.push(document.createTextNode(stood));
    } else {
      nodes.push(element('del', {}, stood));
    }
  }
  return [...nodes, document.createTextNode(old.slice(at).join(''))];
}
