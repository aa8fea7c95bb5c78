import type { DeskTools } from './desk-tools.ts';
import { element, setText } from './element.ts';
import { words, writingWords } from './words.ts';

/** The assistant at a draft: asked to write, seen writing, and stopped. */
export class AssistantBar {
  readonly root: HTMLElement;
  private readonly told = element('span', { class: 'assistant-told', role: 'status', 'data-testid': 'assistant-told' });
  private readonly ask: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private isAsking = false;
  private problem = '';

  constructor(
    private readonly tools: DeskTools,
    private readonly draft: () => string | undefined,
  ) {
    const ask = (): void => {
      void this.askAssistant();
    };
    const stop = (): void => {
      this.takeOver();
    };
    this.ask = element('button', { type: 'button', 'data-testid': 'ask', click: ask }, words.askAssistant);
    this.stop = element(
      'button',
      { type: 'button', class: 'take-over', title: words.howToTakeOver, 'data-testid': 'take-over', click: stop },
      words.takeOver,
    );
    this.root = element('div', { class: 'assistant' }, this.ask, this.told, this.stop);
  }

  get isRunning(): boolean {
    const draft = this.draft();
    return draft !== undefined && this.tools.desk.isRunning(draft);
  }

  /** Not a word of the assistant's arrives after this. */
  takeOver(): void {
    const draft = this.draft();
    if (draft !== undefined) {
      this.tools.desk.takeOver(draft);
    }
  }

  draw(): void {
    const { desk } = this.tools;
    const { isRunning } = this;
    const isElsewhere = desk.handle.drafts().some(({ id }) => desk.isRunning(id));
    const block = desk.handle.block(this.draft() ?? '');
    const written = block?.anchors.find(({ run }) => run)?.written ?? 0;
    this.root.classList.toggle('is-running', isRunning);
    this.ask.hidden = isElsewhere;
    this.ask.disabled = this.isAsking;
    this.stop.hidden = !isRunning;
    setText(this.told, isRunning ? writingWords(written) : this.problem);
  }

  private async askAssistant(): Promise<void> {
    this.isAsking = true;
    this.problem = '';
    this.draw();
    try {
      await this.tools.api.assist(this.tools.desk.handle.id);
    } catch {
      this.problem = words.assistantAway;
    }
    this.isAsking = false;
    this.draw();
  }
}
