import type { Block, ConversationHandle } from '../../src/index.ts';
import type { DeskTools } from './desk-tools.ts';
import { DraftEditor } from './draft-editor.ts';
import { element, setChildren } from './element.ts';

/** The replies in the making: mostly one, and one field where there is none yet. */
export class DraftList {
  readonly root = element('div', { class: 'drafts', 'data-testid': 'drafts' });
  private readonly conversation: ConversationHandle;
  private editors: readonly DraftEditor[] = [];

  constructor(
    private readonly tools: DeskTools,
    signal: AbortSignal,
  ) {
    this.conversation = tools.desk.handle;
    this.conversation.on(
      'update',
      () => {
        this.draw();
      },
      signal,
    );
    this.conversation.on(
      'peers',
      () => {
        this.editors.forEach((editor) => {
          editor.draw();
        });
      },
      signal,
    );
    signal.addEventListener('abort', () => {
      this.editors.forEach((editor) => {
        editor.field.release();
      });
    });
    this.draw();
  }

  focus(): void {
    this.editors[0]?.field.root.focus();
  }

  private draw(): void {
    const hadFocus = this.editors.some(({ isFocused }) => isFocused);
    const shown = this.shownDrafts();
    const ids = new Set(shown.map(({ id }) => id));
    this.editors.forEach((editor) => {
      if (editor.draft !== undefined && !ids.has(editor.draft)) {
        editor.clear();
      }
    });
    shown
      .filter(({ id }) => !this.editorOf(id))
      .forEach(({ id }) => {
        this.freeEditor().take(id);
      });
    this.removeSpare();
    this.editors.forEach((editor) => {
      editor.draw();
    });
    setChildren(
      this.root,
      this.editors.map(({ root }) => root),
    );
    if (hadFocus && !this.editors.some(({ isFocused }) => isFocused)) {
      this.focus();
    }
  }

  /**
   * An emptied draft is as good as none: it is used for the next reply, and not shown beside others. One that waits in
   * another tab is shown when all can write in it.
   */
  private shownDrafts(): readonly Block[] {
    const drafts = this.conversation.drafts().filter(({ id }) => this.conversation.isChangeable(id));
    const shown = drafts.filter(
      ({ id, text, anchors }) => text !== '' || anchors.some(({ run }) => run) || this.editorOf(id)?.isFocused,
    );
    return shown.length > 0 ? shown : drafts.slice(0, 1);
  }

  private editorOf(draftId: string): DraftEditor | undefined {
    return this.editors.find(({ draft }) => draft === draftId);
  }

  private freeEditor(): DraftEditor {
    const free = this.editors.find(({ isFree }) => isFree) ?? new DraftEditor(this.tools);
    this.editors = [...this.editors.filter((editor) => editor !== free), free];
    return free;
  }

  /** Leaves one field at least, and the one with the focus rather than another. */
  private removeSpare(): void {
    const spare = this.editors.filter(({ isFree }) => isFree);
    this.editors = this.editors.filter((editor) => !spare.includes(editor));
    if (this.editors.length === 0) {
      this.editors = [spare.find(({ isFocused }) => isFocused) ?? spare[0] ?? new DraftEditor(this.tools)];
    }
  }
}
