import { beforeEach, describe, expect, it } from 'vitest';
import { UndoHistory } from '../../src/desk/undo-history.ts';
import { type TextEdit, apply, components, textEdit } from '../../src/ot/text-edit.ts';
import type { Role } from '../../src/wire/wire.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import type { Participant } from '../fixture/room.ts';
import { Room } from '../fixture/room.ts';
import { CASES, SEED } from '../fixture/seed.ts';

const FIRST_CHARACTER = 0x20000;

function historyOf(who: Participant): UndoHistory<true> {
  return new UndoHistory(who.replica, (block, edit) => {
    who.edits(block, edit);
    return true;
  });
}

let room: Room;
let ann: Participant;
let bob: Participant;
let history: UndoHistory<true>;
let draft: string;

beforeEach(() => {
  room = new Room();
  ann = room.join('ann');
  bob = room.join('bob');
  history = historyOf(ann);
  draft = bob.says('Dear Vera', 'DRAFT');
  room.sync();
});

function undoAll(): void {
  while (history.undo(draft)) {
    // One after the other.
  }
}

describe('undo', () => {
  it('takes typing back, word by word of one go, and does it again', () => {
    [...', hi'].forEach((character, i) => {
      ann.types(draft, 9 + i, character);
    });
    ann.types(draft, 0, 'My ');
    expect(ann.text(draft)).toBe('My Dear Vera, hi');
    expect([history.canUndo(draft), history.canRedo(draft)]).toEqual([true, false]);
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera, hi');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera');
    expect(history.undo(draft)).toBeUndefined();
    expect([history.canUndo(draft), history.canRedo(draft)]).toEqual([false, true]);
    history.redo(draft);
    expect(ann.text(draft)).toBe('Dear Vera, hi');
    history.redo(draft);
    expect(ann.text(draft)).toBe('My Dear Vera, hi');
    expect(history.redo(draft)).toBeUndefined();
    room.converged();
    expect(bob.text(draft)).toBe('My Dear Vera, hi');
  });

  it('goes on with backspaces, and brings them back at once', () => {
    for (let i = 9; i > 4; i--) {
      ann.types(draft, i - 1, '', 1);
    }
    expect(ann.text(draft)).toBe('Dear');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera');
  });

  it('forgets what was taken back when something else is typed', () => {
    ann.types(draft, 9, '!');
    history.undo(draft);
    ann.types(draft, 9, '?');
    expect(history.redo(draft)).toBeUndefined();
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera');
  });

  it('takes a template back as a whole, apart from what is typed around it', () => {
    ann.types(draft, 9, ',');
    history.apart(() => {
      ann.types(draft, 10, ' hi');
    });
    ann.types(draft, 13, '!');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera, hi');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera,');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera');
  });

  it('leaves what somebody else typed inside of it', () => {
    ann.types(draft, 5, 'lovely ');
    room.sync();
    bob.types(draft, 8, 'X');
    room.sync();
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear XVera');
    history.redo(draft);
    expect(ann.text(draft)).toBe('Dear lovXely Vera');
    room.converged();
  });

  it('does nothing when others deleted it all', () => {
    ann.types(draft, 9, ', hi');
    room.sync();
    bob.types(draft, 9, '', 4);
    room.sync();
    expect(history.undo(draft)).toBeUndefined();
    expect(ann.text(draft)).toBe('Dear Vera');
  });

  it('does not bring back what somebody else deleted at the same time', () => {
    ann.types(draft, 4, '', 5);
    bob.types(draft, 4, '', 5);
    room.sync(bob);
    room.sync();
    expect(ann.text(draft)).toBe('Dear');
    expect(history.undo(draft)).toBeUndefined();
    room.converged();
    expect(bob.text(draft)).toBe('Dear');
  });

  it('puts a deleted word back around what somebody else typed into it at the same time', () => {
    ann.types(draft, 5, '', 4);
    bob.types(draft, 7, '-');
    room.sync(bob);
    room.sync();
    expect(ann.text(draft)).toBe('Dear -');
    history.undo(draft);
    room.converged();
    expect(bob.text(draft)).toBe('Dear Ve-ra');
  });

  it('never touches the assistant’s text', () => {
    const ai = room.join('ai', 'ASSISTANT');
    room.sync();
    ann.types(draft, 9, ', well');
    ai.types(draft, 9, ' Sure, I can');
    room.sync();
    undoAll();
    room.converged();
    expect(bob.text(draft)).toBe('Dear Vera Sure, I can');
  });

  it('keeps apart what is sent together, when many edits wait', () => {
    ann.disconnect();
    for (let i = 0; i < 200; i++) {
      ann.types(draft, i % 2 === 0 ? 0 : 9 + i, String.fromCodePoint(FIRST_CHARACTER + i));
    }
    expect(ann.replica.pending.length).toBeLessThan(12);
    const typed = ann.text(draft);
    bob.types(draft, 9, '!');
    room.sync(bob);
    ann.connect();
    room.converged();
    expect(bob.text(draft)?.replace('!', '')).toBe(typed);
    history.undo(draft);
    expect([...(ann.text(draft) ?? '')]).toHaveLength(209);
    undoAll();
    room.converged();
    expect(bob.text(draft)).toBe('Dear Vera!');
  });

  it('works without a connection and over a reconnect', () => {
    ann.types(draft, 9, '!');
    room.sync();
    ann.disconnect();
    ann.types(draft, 0, 'My ');
    bob.types(draft, 5, 'dear ');
    room.sync(bob);
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera!');
    room.converged();
    expect(ann.text(draft)).toBe('Dear dear Vera!');
    history.undo(draft);
    room.converged();
    expect(bob.text(draft)).toBe('Dear dear Vera');
  });

  describe('after a catch-up with blocks instead of entries', () => {
    function awayWhile(bobTypes: () => void): void {
      ann.types(draft, 9, ', hi');
      room.sync();
      ann.disconnect();
      bobTypes();
      room.sync(bob);
      room.sequencer.horizon = room.sequencer.log.length;
      ann.connect();
      room.sync();
    }

    it('takes back what was typed before', () => {
      awayWhile(() => {
        bob.types(draft, 0, 'Oh! ');
      });
      history.undo(draft);
      room.converged();
      expect(bob.text(draft)).toBe('Oh! Dear Vera');
    });

    it('takes back less rather than what others wrote, where it cannot tell', () => {
      awayWhile(() => {
        bob.types(draft, 0, 'Oh! ');
        bob.types(draft, 15, 'gh');
      });
      expect(ann.text(draft)).toBe('Oh! Dear Vera, ghhi');
      history.undo(draft);
      room.converged();
      expect(bob.text(draft)).toBe('Oh! Dear Vera, gh');
    });

    it('leaves what only looks like the own text', () => {
      awayWhile(() => {
        bob.types(draft, 9, ', hi', 4);
      });
      expect(history.undo(draft)).toBeUndefined();
      expect(ann.text(draft)).toBe('Dear Vera, hi');
    });
  });

  it('has nothing to take back of what was rejected', () => {
    ann.types(draft, 9, '!');
    room.sequencer.forbids = ({ editText }) => editText?.edit?.inserts[0] === 'bad ';
    history.apart(() => {
      ann.types(draft, 0, 'bad ');
    });
    ann.types(draft, 4, 'my ');
    room.sync();
    expect(ann.text(draft)).toBe('my Dear Vera!');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera!');
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera');
    expect(history.undo(draft)).toBeUndefined();
    room.converged();
  });

  it('ends with the publication of the draft, and with a merge into another block', () => {
    const other = ann.says('other', 'DRAFT');
    ann.types(other, 5, ' text');
    ann.types(draft, 9, '!');
    room.sync();
    bob.commands({ mergeBlocks: { block: other, into: draft } });
    room.sync();
    expect(history.canUndo(other)).toBe(false);
    history.undo(draft);
    expect(ann.text(draft)).toBe('Dear Vera\nother text');
    ann.types(draft, 0, '> ');
    room.sync();
    bob.publishes(draft);
    room.sync();
    expect(history.canUndo(draft)).toBe(false);
    room.converged();
  });

  it('keeps blocks apart', () => {
    const note = ann.says('note', 'NOTE');
    ann.types(note, 4, '!');
    ann.types(draft, 9, '!');
    history.undo(note);
    expect([ann.text(note), ann.text(draft)]).toEqual(['note', 'Dear Vera!']);
    expect([history.canUndo(note), history.canUndo(draft)]).toEqual([false, true]);
  });

  it('starts with the text that a new block was made with', () => {
    const note = ann.says('note', 'NOTE');
    ann.types(note, 0, 'a ');
    room.converged();
    history.undo(note);
    expect(history.undo(note)).toBeUndefined();
    expect(ann.text(note)).toBe('note');
  });
});

/** Two to four who type, delete and take back in one text where no character is ever typed twice. */
class Scene {
  readonly room: Room;
  readonly histories = new Map<Participant, UndoHistory<true>>();
  readonly block: string;
  readonly base: string;
  /** Who put a character into the text: its writer, and who brought it back. */
  readonly writers = new Map<string, Set<Participant>>();
  readonly random: PseudoRandom;
  private characters = 0;

  constructor(seed: number, roles: readonly Role[]) {
    this.random = new PseudoRandom(seed);
    this.room = new Room(seed);
    roles.forEach((role, i) => {
      const who = this.room.join(`p${i}`, role);
      this.histories.set(who, historyOf(who));
    });
    this.base = this.newText(8);
    this.block = this.room.participants[0]!.says(this.base);
    this.room.sync();
  }

  step(takingBack: number): void {
    const who = this.random.pick(this.room.participants);
    const dice = this.random.below(100);
    if (dice < takingBack) {
      this.takesBack(who);
    } else if (dice < 45) {
      this.types(who);
    } else if (dice < 65) {
      this.room.deliverNext(who);
    } else if (dice < 95) {
      who.receiveNext();
    } else if (dice < 97) {
      who.disconnect();
    } else if (!who.online) {
      who.connect();
    }
  }

  text(): string {
    return this.room.sequencer.state.blocks.get(this.block)?.text ?? '';
  }

  /** What the entries of some deleted, and what they put in, character by character. */
  logged(isMeant: (subject: string) => boolean): { readonly deleted: Set<string>; readonly inserted: string[] } {
    const deleted = new Set<string>();
    const inserted: string[] = [];
    let text: string[] = [];
    for (const { author, effects } of this.room.sequencer.log) {
      for (const { create, editText } of effects) {
        if (create) {
          text = [...create.text];
        }
        let at = 0;
        for (const part of components(editText?.edit ?? textEdit())) {
          const isCounted = isMeant(author?.subject ?? '');
          if (typeof part === 'string') {
            inserted.push(...(isCounted ? part : ''));
          } else {
            text.slice(at, Math.max(at, at - part)).forEach((character) => isCounted && deleted.add(character));
            at += Math.abs(part);
          }
        }
        text = [...apply(text.join(''), editText?.edit ?? textEdit())];
      }
    }
    return { deleted, inserted };
  }

  private types(who: Participant): void {
    const characters = [...(who.text(this.block) ?? '')];
    const position = this.random.below(characters.length + 1);
    const deleted = this.random.chance(0.4) ? Math.min(3, characters.length - position) : 0;
    const typed = deleted === 0 || this.random.chance(0.3) ? this.newText(1 + this.random.below(3)) : '';
    if (typed !== '' || deleted > 0) {
      this.write(who, textEdit(position, typed, -deleted));
      who.edits(this.block, textEdit(position, typed, -deleted));
    }
  }

  private takesBack(who: Participant): void {
    const history = this.histories.get(who)!;
    const before = who.text(this.block) ?? '';
    const isUndo = this.random.chance(0.7);
    if (isUndo ? history.undo(this.block) : history.redo(this.block)) {
      const { edit } = who.changes.filter((change) => change.edit).at(-1)!;
      expect(apply(before, edit!)).toBe(who.text(this.block));
      this.expectOwn(who, before, edit!);
      this.write(who, edit!);
    }
  }

  /** Nobody takes back what only others have written. */
  private expectOwn(who: Participant, before: string, edit: TextEdit): void {
    const characters = [...before];
    let at = 0;
    for (const part of components(edit)) {
      if (typeof part !== 'string') {
        characters.slice(at, Math.max(at, at - part)).forEach((character) => {
          expect(this.writers.get(character)).toContain(who);
        });
        at += Math.abs(part);
      }
    }
  }

  private write(who: Participant, edit: TextEdit): void {
    for (const character of edit.inserts.join('')) {
      this.writers.set(character, new Set([...(this.writers.get(character) ?? []), who]));
    }
  }

  private newText(length: number): string {
    return Array.from({ length }, () => String.fromCodePoint(FIRST_CHARACTER + this.characters++)).join('');
  }
}

function eachRound(run: (seed: number) => void): void {
  for (let seed = SEED; seed < SEED + Math.ceil(CASES / 40); seed++) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`PARLEY_SEED=${seed} PARLEY_CASES=40 repeats this`, { cause: error });
    }
  }
}

describe.each([
  ['staff', ['AGENT', 'AGENT', 'ASSISTANT']],
  ['visitors, whose replicas do not know who wrote what', ['VISITOR', 'VISITOR', 'AGENT']],
] as [string, Role[]][])('the undo of everything, for %s', (_, roles) => {
  it('leaves the first text and what others made of it, to the character', () => {
    eachRound((seed) => {
      const scene = new Scene(seed, roles);
      for (let i = 0; i < 60; i++) {
        scene.step(0);
      }
      scene.room.converged();
      const [who] = scene.room.participants as [Participant];
      const history = scene.histories.get(who)!;
      while (history.undo(scene.block)) {
        // One after the other.
      }
      scene.room.converged();
      const { deleted, inserted } = scene.logged((subject) => subject !== who.author.subject);
      const kept = (characters: Iterable<string>) => [...characters].filter((character) => !deleted.has(character));
      const text = [...scene.text()];
      expect([...text].sort()).toEqual(kept([...scene.base, ...inserted]).sort());
      expect(text.filter((character) => scene.base.includes(character))).toEqual(kept(scene.base));
      expect(text.filter((character) => inserted.includes(character)).length).toBe(kept(inserted).length);
      while (history.redo(scene.block)) {
        // And all the way forward again.
      }
      scene.room.converged();
    });
  });

  // Not its order: where two deleted neighbours, nothing is left that tells which stood first.
  it('by everybody brings back every character of the first text, and doubles none', () => {
    eachRound((seed) => {
      const scene = new Scene(seed, roles);
      for (let i = 0; i < 60; i++) {
        scene.step(0);
      }
      scene.room.converged();
      for (const history of scene.histories.values()) {
        while (history.undo(scene.block)) {
          // One after the other.
        }
        scene.room.converged();
      }
      const text = [...scene.text()];
      expect(text).toEqual(expect.arrayContaining([...scene.base]));
      expect(new Set(text).size).toBe(text.length);
    });
  });

  it('back and forth at any time never takes what others wrote', () => {
    eachRound((seed) => {
      const scene = new Scene(seed, roles);
      for (let i = 0; i < 80; i++) {
        scene.step(20);
      }
      scene.room.converged();
    });
  });
});

it('redo of everything leaves the text as it was before the undo of everything', () => {
  eachRound((seed) => {
    const scene = new Scene(seed, ['AGENT', 'AGENT']);
    for (let i = 0; i < 40; i++) {
      scene.step(0);
    }
    scene.room.converged();
    const before = scene.text();
    const [history] = [...scene.histories.values()] as [UndoHistory<true>];
    while (history.undo(scene.block)) {
      // One after the other.
    }
    while (history.redo(scene.block)) {
      // And forward.
    }
    scene.room.converged();
    expect(scene.text()).toBe(before);
  });
});
