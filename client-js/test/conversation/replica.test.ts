import { describe, expect, it } from 'vitest';
import { components, textEdit } from '../../src/ot/text-edit.ts';
import { DivergedError, PartialError } from '../../src/conversation/state.ts';
import { Room } from '../fixture/room.ts';

describe('a room', () => {
  it('shows what was typed before the gateway has it', () => {
    const room = new Room();
    const ann = room.join('ann');
    const hello = ann.says('Hello');
    expect(ann.text(hello)).toBe('Hello');
    expect(ann.replica.block(hello)?.revision).toBe(0);
    room.sync();
    expect(ann.replica.block(hello)?.revision).toBe(1);
    room.converged();
  });

  it('converges when three type into one text at once', () => {
    const room = new Room();
    const [ann, bob, eve] = [room.join('ann'), room.join('bob'), room.join('eve')];
    const draft = ann.says('one two', 'DRAFT');
    room.sync();
    ann.types(draft, 0, 'zero ');
    bob.types(draft, 3, '!', 4);
    eve.types(draft, 7, ' three');
    room.sync(bob);
    room.sync(eve);
    room.converged();
    expect(ann.text(draft)).toBe('zero one! three');
  });

  it('keeps apart what two type at the same place, letter by letter', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('', 'DRAFT');
    room.sync();
    for (let i = 0; i < 4; i++) {
      ann.types(draft, i + (ann.text(draft)?.indexOf('aaaa'.slice(0, i)) ?? 0), 'a');
      bob.types(draft, i + (bob.text(draft)?.indexOf('bbbb'.slice(0, i)) ?? 0), 'b');
      room.deliverNext(bob);
      room.deliverNext(ann);
    }
    room.converged();
    expect(['aaaabbbb', 'bbbbaaaa']).toContain(ann.text(draft));
  });

  it('gathers typing while a submission is under way, and never adds to what was sent', () => {
    const room = new Room();
    const ann = room.join('ann');
    const draft = ann.says('', 'DRAFT');
    room.sync();
    ann.types(draft, 0, 'a');
    ann.types(draft, 1, 'b');
    ann.types(draft, 2, 'c');
    expect(ann.replica.pending.map(({ effects }) => effects[0]?.editText?.edit?.inserts)).toEqual([['a'], ['bc']]);
    room.converged();
    expect(room.sequencer.log).toHaveLength(3);
  });

  it('lets a visitor see nothing of a draft until it is published', () => {
    const room = new Room();
    const [agent, visitor] = [room.join('agent'), room.join('visitor', 'VISITOR')];
    const draft = agent.says('Let me', 'DRAFT');
    agent.types(draft, 6, ' see');
    room.sync();
    expect(visitor.messages()).toEqual([]);
    expect(visitor.replica.position.revision).toBe(2);
    agent.publishes(draft);
    room.converged();
    expect(visitor.messages().map(({ text, author }) => [text, author.name])).toEqual([['Let me see', 'agent']]);
  });

  it('makes an edit of a draft that was published meanwhile unsent, with what was typed', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('Dear', 'DRAFT');
    room.sync();
    bob.publishes(draft);
    room.deliverNext(bob);
    ann.types(draft, 4, ' sir');
    ann.types(draft, 8, ' or madam');
    ann.sets('', 'topic', 'letters');
    room.converged();
    expect(ann.text(draft)).toBe('Dear');
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([
      ['BLOCK_PUBLISHED', ' sir'],
      ['BLOCK_PUBLISHED', ' or madam'],
    ]);
    expect(room.sequencer.state.attributes.get('topic')).toBe('letters');
  });

  it('keeps what was written before a publication that it does not touch', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const first = ann.says('first', 'DRAFT');
    const second = ann.says('second', 'DRAFT');
    room.sync();
    bob.publishes(first);
    room.deliverNext(bob);
    ann.types(first, 0, 'lost ');
    ann.types(second, 0, 'kept ');
    room.converged();
    expect(bob.text(second)).toBe('kept second');
    expect(bob.text(first)).toBe('first');
  });

  it('lets the later of two values win, and the larger of two markers', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.sets('', 'state', 'open');
    bob.sets('', 'state', 'closed');
    bob.sets('', 'read/bob', '10', true);
    bob.sets('', 'read/bob', '9', true);
    room.sync(ann);
    room.sync(bob);
    room.converged();
    expect(ann.replica.attributes()).toEqual(
      new Map([
        ['state', 'closed'],
        ['read/bob', '10'],
      ]),
    );
  });

  it('keeps the assistant whole where a human types at its end', () => {
    const room = new Room();
    const [agent, ai] = [room.join('agent'), room.join('ai', 'ASSISTANT')];
    const draft = agent.says('', 'DRAFT');
    room.sync();
    ai.types(draft, 0, 'Sure');
    agent.types(draft, 0, 'No');
    room.deliverNext(ai);
    ai.types(draft, 4, ', I can');
    room.sync(agent);
    room.converged();
    expect(agent.text(draft)).toBe('Sure, I canNo');
  });
});

describe('a rejected submission', () => {
  it('is taken back, and what was built on it moves', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('base', 'DRAFT');
    room.sync();
    room.sequencer.forbids = ({ editText }) => editText?.edit?.inserts[0] === 'bad ';
    ann.types(draft, 0, 'bad ');
    ann.types(draft, 8, ' good');
    room.sync(ann);
    expect(ann.text(draft)).toBe('base good');
    expect(ann.unsent.map(({ code, text, block }) => [code, text, block])).toEqual([['FORBIDDEN', 'bad ', draft]]);
    room.converged();
    expect(bob.text(draft)).toBe('base good');
  });

  it('tells all that was typed in it', () => {
    const room = new Room();
    const ann = room.join('ann');
    const draft = ann.says('base', 'DRAFT');
    room.sync();
    room.sequencer.forbids = ({ editText }) => editText?.edit?.inserts[0] === '5';
    ann.replica.observer = { begins: () => true, edited: () => undefined, stepped: () => undefined };
    [...'0123456'].forEach((character) => {
      ann.types(draft, 0, character);
    });
    ann.types(draft, 7, '-');
    expect(ann.replica.pending).toHaveLength(4);
    room.converged();
    expect(ann.text(draft)).toBe('210base');
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['FORBIDDEN', '6543-']]);
  });

  it('takes what depends on its block with it, in one piece', () => {
    const room = new Room();
    const ann = room.join('ann');
    room.sequencer.forbids = ({ create }) => create?.text === 'forbidden';
    const message = ann.says('forbidden');
    ann.types(message, 9, ' fruit');
    ann.sets(message, 'reaction/ann', 'up');
    const other = ann.says('allowed');
    room.converged();
    expect(ann.text(message)).toBeUndefined();
    expect(ann.text(other)).toBe('allowed');
    expect(ann.unsent.map(({ text }) => text)).toEqual(['forbidden fruit']);
    expect(room.sequencer.outboxes.get(ann.replica.outbox)?.lastSeq).toBe(2);
  });
});

describe('a change that does not fit', () => {
  it('is refused at once and leaves everything as it was', () => {
    const room = new Room();
    const ann = room.join('ann');
    const draft = ann.says('abc', 'DRAFT');
    expect(() => {
      ann.types(draft, 4, 'x');
    }).toThrow(DivergedError);
    expect(ann.text(draft)).toBe('abc');
    expect(ann.replica.pending).toHaveLength(1);
    room.converged();
  });
});

describe('a lost connection', () => {
  it('doubles nothing when the answer was lost', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.says('once');
    room.deliverNext(ann);
    ann.disconnect();
    ann.says('twice');
    room.converged();
    expect(bob.messages().map(({ text }) => text)).toEqual(['once', 'twice']);
    expect(room.sequencer.log).toHaveLength(2);
  });

  it('loses nothing when the submission was lost', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.says('lost on the way');
    ann.disconnect();
    room.converged();
    expect(bob.messages().map(({ text }) => text)).toEqual(['lost on the way']);
  });

  it('gets the same answer when a submission arrives twice', () => {
    const room = new Room();
    const ann = room.join('ann');
    ann.says('hello');
    const [submit] = ann.toServer;
    room.sync();
    room.decide(ann, submit!);
    room.converged();
    expect(room.sequencer.log).toHaveLength(1);
  });

  it('brings edits along past what others did meanwhile', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('The end.', 'DRAFT');
    room.sync();
    ann.disconnect();
    ann.types(draft, 4, 'happy ');
    bob.types(draft, 0, 'Then: ');
    bob.types(draft, 10, 'very ');
    room.sync(bob);
    room.converged();
    expect(bob.text(draft)).toBe('Then: The happy very end.');
  });

  it('learns of a rejection that was lost on the way', () => {
    const room = new Room();
    const ann = room.join('ann');
    room.sequencer.forbids = () => true;
    ann.says('no');
    room.deliverNext(ann);
    ann.disconnect();
    room.converged();
    expect(ann.messages()).toEqual([]);
    expect(ann.unsent.map(({ code }) => code)).toEqual(['FORBIDDEN']);
  });
});

describe('catching up by blocks', () => {
  it('replays creates and values, and keeps edits of what did not change', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const changed = bob.says('changed', 'DRAFT');
    room.sync();
    const same = ann.says('same', 'DRAFT');
    room.sync();
    ann.disconnect();
    ann.types(changed, 0, 'un');
    ann.types(same, 4, ' text');
    const added = ann.says('added');
    ann.types(added, 5, ' later');
    ann.sets('', 'state', 'open');
    bob.types(changed, 7, ' by bob');
    room.sync(bob);
    ann.replica.replace(room.sequencer.blocksSince(2, 'STAFF'));
    expect(ann.text(changed)).toBe('changed by bob');
    expect(ann.text(same)).toBe('same text');
    expect(ann.text(added)).toBe('added later');
    ann.connect();
    room.sync();
    expect(bob.text(same)).toBe('same text');
    expect(bob.text(added)).toBe('added later');
    expect(bob.replica.attributes().get('state')).toBe('open');
  });

  it('keeps the seq of what stands behind a message that is there, although nobody answered for it', () => {
    const room = new Room();
    const ann = room.join('ann');
    ann.says('first');
    ann.says('second');
    const [first] = ann.replica.pending;
    expect(first).toMatchObject({ seq: 1, sends: 1 });
    room.deliverNext(ann);
    ann.disconnect();
    ann.replica.replace(room.sequencer.blocksSince(0, 'STAFF'));
    expect(ann.replica.pending).toMatchObject([{ seq: 2 }]);
    expect(ann.replica.answeredSeq).toBe(1);
  });

  it('makes edits of a log that is not ours unsent', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = bob.says('text', 'DRAFT');
    room.sync();
    ann.types(draft, 4, ' more');
    room.sync();
    ann.disconnect();
    bob.disconnect();
    room.sequencer.restore(1);
    ann.types(draft, 0, 'no ');
    ann.says('still here');
    room.converged();
    expect(bob.text(draft)).toBe('text');
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['BASE_LOST', 'no ']]);
    expect(bob.messages().map(({ text }) => text)).toEqual(['still here']);
  });

  it('merges what was typed into an own draft with what others made of it', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('The quick fox', 'DRAFT');
    const other = bob.says('text', 'DRAFT');
    room.sync();
    ann.types(draft, 13, '!');
    ann.disconnect();
    ann.types(draft, 4, 'very ');
    ann.types(draft, 19, ' Yes.');
    ann.types(other, 4, '?');
    bob.types(draft, 10, 'brown ');
    bob.types(other, 0, 'some ');
    room.sync(bob);
    room.sequencer.horizon = room.sequencer.log.length;
    room.converged();
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['BASE_LOST', '?']]);
    expect(bob.text(draft)).toBe('The very quick brown fox! Yes.');
    expect(bob.text(other)).toBe('some text');
  });

  it('merges what was typed behind a submission whose answer comes with the blocks', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('The fox', 'DRAFT');
    room.sync();
    ann.types(draft, 4, 'quick ');
    room.deliverNext(ann);
    ann.disconnect();
    ann.types(draft, 13, '!');
    ann.types(draft, 0, '', 4);
    room.sync(bob);
    bob.types(draft, 10, 'red ');
    room.sync(bob);
    room.sequencer.horizon = room.sequencer.log.length;
    room.converged();
    expect(ann.unsent).toEqual([]);
    expect(bob.text(draft)).toBe('quick red fox!');
  });

  it('carries over what was typed into a new message whose answer was lost', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    bob.says('Hello');
    room.sync();
    const message = ann.says('The fox');
    room.deliverNext(ann);
    ann.disconnect();
    ann.types(message, 4, 'quick ');
    for (let i = 0; i < 30; i++) {
      bob.says(`and ${i}`);
      room.sync(bob);
      bob.types(message, 0, 'x');
      room.sync(bob);
      bob.types(message, 0, '', 1);
      room.sync(bob);
    }
    room.converged();
    expect(ann.unsent).toEqual([]);
    expect(bob.text(message)).toBe('The quick fox');
  });

  it('goes on behind a submission whose answer comes with the blocks where nobody else wrote', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const message = bob.says('The fox');
    room.sync();
    ann.types(message, 4, 'quick ');
    room.deliverNext(ann);
    ann.disconnect();
    ann.types(message, 13, '!');
    room.sync(bob);
    room.sequencer.horizon = room.sequencer.log.length;
    room.converged();
    expect(ann.unsent).toEqual([]);
    expect(bob.text(message)).toBe('The quick fox!');
  });

  it('makes what was typed into an own draft unsent when the draft was published', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('Dear', 'DRAFT');
    room.sync();
    ann.disconnect();
    ann.types(draft, 4, ' Vera');
    bob.publishes(draft);
    room.sync(bob);
    room.sequencer.horizon = room.sequencer.log.length;
    room.converged();
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['BASE_LOST', ' Vera']]);
    expect(ann.text(draft)).toBe('Dear');
  });

  it('recognises its own block when the answer was lost with the log', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.says('once');
    room.deliverNext(ann);
    ann.disconnect();
    room.sequencer.horizon = 1;
    room.converged();
    expect(ann.unsent).toEqual([]);
    expect(bob.messages().map(({ text }) => text)).toEqual(['once']);
  });
});

describe('an outbox that the gateway does not know as we do', () => {
  it('moves what was never sent to a fresh outbox', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.says('first');
    room.sync();
    ann.disconnect();
    room.sequencer.outboxes.clear();
    const second = ann.says('second');
    ann.types(second, 6, ' thought');
    ann.says('third');
    room.converged();
    expect(bob.messages().map(({ text }) => text)).toEqual(['first', 'second thought', 'third']);
    expect(ann.unsent).toEqual([]);
  });

  it('shows what may have arrived instead of sending it again', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    ann.says('first');
    room.sync();
    ann.says('second');
    ann.disconnect();
    room.sequencer.outboxes.clear();
    ann.says('third');
    room.converged();
    expect(bob.messages().map(({ text }) => text)).toEqual(['first', 'third']);
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['MAYBE_SENT', 'second']]);
  });

  it('says so too of an edit that may have arrived before its draft was published', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('Dear', 'DRAFT');
    room.sync();
    ann.types(draft, 4, ' sir');
    room.deliverNext(ann);
    ann.disconnect();
    room.sequencer.outboxes.clear();
    room.sequencer.horizon = room.sequencer.log.length;
    ann.connect();
    ann.receiveNext();
    room.sync(bob);
    bob.publishes(draft);
    room.deliverNext(bob);
    room.converged();
    expect(ann.text(draft)).toBe('Dear sir');
    expect(ann.settled.map(({ code }) => code)).toEqual([undefined, 'MAYBE_SENT']);
  });
});

describe('a merge', () => {
  it('takes along what is pending for both blocks', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const [first, second] = [ann.says('one'), ann.says('two')];
    room.sync();
    bob.commands({ mergeBlocks: { block: second, into: first } });
    room.deliverNext(bob);
    ann.types(second, 3, '!');
    ann.types(second, 0, '(', 0);
    ann.types(first, 0, '0, ');
    room.sync(bob);
    bob.types(first, 3, ';');
    room.converged();
    expect(bob.text(first)).toBe('0, one;\n(two!');
    expect(bob.text(second)).toBe('');
    expect(ann.unsent).toEqual([]);
  });

  it('that is pending itself moves what was typed behind it', () => {
    const room = new Room();
    const ann = room.join('ann');
    const [first, second] = [ann.says('one'), ann.says('two')];
    room.sync();
    ann.commands({ mergeBlocks: { block: second, into: first } });
    ann.types(second, 3, '!');
    room.converged();
    expect(ann.text(first)).toBe('one\ntwo!');
    expect(ann.unsent).toEqual([]);
  });

  it('tells where the text went, through later merges too', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const ids = ['one', 'two', 'three'].map((text) => ann.says(text)) as [string, string, string];
    room.sync();
    bob.disconnect();
    ann.commands({ mergeBlocks: { block: ids[2], into: ids[1] } });
    ann.commands({ mergeBlocks: { block: ids[1], into: ids[0] } });
    ann.types(ids[0], 0, '> ');
    room.sync(ann);
    room.converged();
    const followed = bob.changes.flatMap(({ blockId, into }) => (into === undefined ? [] : [[blockId, into]]));
    expect(followed.sort()).toEqual([
      [ids[1], ids[0]],
      [ids[2], ids[0]],
    ]);
  });
});

describe('an erased block', () => {
  it('makes what is pending for it unsent', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const message = ann.says('secret');
    room.sync();
    bob.commands({ redact: { block: message } });
    room.deliverNext(bob);
    ann.types(message, 6, ' text');
    ann.sets(message, 'reaction/ann', 'up');
    room.converged();
    expect(ann.text(message)).toBe('');
    expect(ann.unsent.map(({ code, text }) => [code, text])).toEqual([['BLOCK_ERASED', ' text']]);
  });
});

describe('a state that has only the latest blocks', () => {
  it('skips what is about the older ones, and takes them in as they are by then', () => {
    const room = new Room();
    const [ann, late] = [room.join('ann'), room.join('late')];
    const [old, recent] = [ann.says('old'), ann.says('recent')];
    room.sync(ann);
    late.toClient.length = 0;
    const snapshot = room.sequencer.blocksSince(0, 'STAFF');
    late.replica.replace({ ...snapshot, blocks: snapshot.blocks.filter(({ id }) => id === recent), olderThan: 2 });
    ann.types(old, 3, 'er');
    ann.sets(old, 'pinned', 'V');
    ann.types(recent, 0, 'more ');
    room.sync();
    expect(late.replica.blocks().map(({ text }) => text)).toEqual(['more recent']);
    late.replica.confirmed.add(room.sequencer.blocksSince(0, 'STAFF').blocks, 0);
    expect(late.replica.confirmed.canonical()).toBe(room.seenBy('STAFF'));
  });

  it('cannot show half of a merge', () => {
    const room = new Room();
    const [ann, late] = [room.join('ann'), room.join('late')];
    const [old, recent] = [ann.says('old'), ann.says('recent')];
    room.sync(ann);
    late.disconnect();
    const snapshot = room.sequencer.blocksSince(0, 'STAFF');
    late.replica.replace({ ...snapshot, blocks: snapshot.blocks.filter(({ id }) => id === recent), olderThan: 2 });
    ann.commands({ mergeBlocks: { block: recent, into: old } });
    room.sync(ann);
    const entries = room.sequencer.entriesSince(2, 'STAFF');
    const { diverged } = late.replica.receive({ handle: 1, from: 2, to: room.sequencer.position, entries, hashes: [] });
    expect(diverged).toBeInstanceOf(PartialError);
  });
});

describe('an editor', () => {
  it('is told exactly where something was typed, not just what is different', () => {
    const room = new Room();
    const [ann, bob] = [room.join('ann'), room.join('bob')];
    const draft = ann.says('aaaa', 'DRAFT');
    room.sync();
    bob.types(draft, 2, 'a');
    room.sync();
    const last = ann.changes.filter(({ edit }) => edit).at(-1);
    expect(last && components(last.edit!)).toEqual([2, 'a']);
    expect(last?.origin).toBe('remote');
  });

  it('is not told of its own change twice', () => {
    const room = new Room();
    const ann = room.join('ann');
    const draft = ann.says('a', 'DRAFT');
    ann.edits(draft, textEdit(1, 'b'));
    room.sync();
    expect(ann.changes.filter(({ edit }) => edit).map(({ origin }) => origin)).toEqual(['local']);
  });
});
