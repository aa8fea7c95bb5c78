import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationHandle } from '../../src/conversation-handle.ts';
import { createClient } from '../../src/client.ts';
import { DeskConversation } from '../../src/desk/index.ts';
import { bindText } from '../../src/editor/text-binding.ts';
import { textEdit } from '../../src/ot/text-edit.ts';
import { FakeClock, settled } from '../fixture/fake-clock.ts';
import { FakeField } from '../fixture/fake-field.ts';
import { FakeGateway, tokenOf } from '../fixture/fake-gateway.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { CASES, SEED } from '../fixture/seed.ts';

let gateway: FakeGateway;
let random: PseudoRandom;
let ann: ConversationHandle;
let bob: ConversationHandle;
let field: FakeField;
let draft: string;

beforeEach(async () => {
  gateway = new FakeGateway();
  random = new PseudoRandom(SEED);
  ann = join('ann');
  bob = join('bob');
  await settled();
  field = new FakeField();
});

function join(subject: string): ConversationHandle {
  const client = createClient({
    url: 'wss://gateway.test/ws',
    token: () => Promise.resolve(tokenOf(subject, 'AGENT')),
    outbox: 'memory',
    clock: new FakeClock(),
    random,
    WebSocket: gateway.WebSocket,
  });
  client.connect();
  return client.conversation({ id: 'x' });
}

async function bound(text: string): Promise<() => void> {
  const { id, sent } = ann.send(text, { kind: 'DRAFT' });
  await sent;
  await settled();
  draft = id;
  return bindText(field, ann, draft);
}

const textOf = (conversation: ConversationHandle): string => conversation.block(draft)?.text ?? '';

describe('a bound field', () => {
  it('shows the block, and the block what is typed', async () => {
    await bound('Hello');
    expect(field.value).toBe('Hello');
    field.select(5).type('!');
    expect(textOf(ann)).toBe('Hello!');
    await settled();
    expect(textOf(bob)).toBe('Hello!');
  });

  it('tells where something was typed even if the text does not', async () => {
    await bound('aaa');
    bob.edit(draft, textEdit(1, '|'));
    field.select(1).type('a');
    await settled();
    expect(textOf(bob)).toBe('aa|aa');
    expect(field.value).toBe('aa|aa');
  });

  it('keeps the caret where it is when others write', async () => {
    await bound('Hello world');
    field.select(5);
    bob.edit(draft, textEdit('Oh! '));
    await settled();
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['Oh! Hello world', 9, 9]);
    bob.edit(draft, textEdit(15, '!'));
    await settled();
    expect(field.selectionStart).toBe(9);
  });

  it('keeps the selection, and its direction', async () => {
    await bound('one two three');
    field.setSelectionRange(4, 7, 'backward');
    bob.edit(draft, textEdit(-4));
    await settled();
    expect([field.value.slice(field.selectionStart, field.selectionEnd), field.selectionDirection]).toEqual([
      'two',
      'backward',
    ]);
  });

  it('counts characters that take two units, and never cuts one', async () => {
    await bound('😀😀');
    field.select(4);
    bob.edit(draft, textEdit(1, '👍'));
    await settled();
    expect([field.value, field.selectionStart]).toEqual(['😀👍😀', 6]);
    field.select(2).type('x');
    expect(textOf(ann)).toBe('😀x👍😀');
  });

  it('waits for the other half of a character', async () => {
    await bound('a');
    field.select(1).type('\ud83d');
    expect(textOf(ann)).toBe('a');
    bob.edit(draft, textEdit('b'));
    await settled();
    field.type('\ude00');
    await settled();
    expect(field.value).toBe('ba😀');
    expect(textOf(bob)).toBe('ba😀');
  });

  it('gives up on the other half when the writer leaves', async () => {
    await bound('a');
    field.select(1).type('\ud83d').blur();
    expect([field.value, textOf(ann)]).toEqual(['a\ufffd', 'a\ufffd']);
  });

  it('takes back what cannot stand, and says why', () => {
    const { id } = ann.send('short', { kind: 'DRAFT' });
    const codes: string[] = [];
    bindText(field, ann, id, { onError: ({ code }) => codes.push(code) });
    field.select(5).type('x'.repeat(2_000));
    expect(field.value).toBe('short');
    expect(codes).toEqual(['TOO_LARGE']);
  });

  it('is left alone after the binding ends', async () => {
    const end = await bound('a');
    field.select(1).type('b');
    end();
    field.type('c');
    bob.edit(draft, textEdit('z'));
    await settled();
    expect([field.value, textOf(ann)]).toEqual(['abc', 'zab']);
  });

  it('is not written to for what was typed in it', async () => {
    await bound('');
    const before = field.writes;
    for (const letter of 'typing') {
      field.type(letter);
      await settled();
    }
    expect(field.writes).toBe(before);
  });

  it('shows what the gateway took back', async () => {
    await bound('fine');
    gateway.conversation('x').forbids = () => true;
    field.select(4).type(' not');
    await settled();
    expect(field.value).toBe('fine');
  });
});

describe('an input method', () => {
  it('is not disturbed, and nothing of what others write meanwhile is lost', async () => {
    await bound('我，好');
    const before = field.writes;
    field.select(1).startComposing().type('ni').compose('ni h', 'ni');
    bob.edit(draft, textEdit('说：'));
    bob.edit(draft, textEdit(5, '！'));
    await settled();
    expect([field.value, field.writes]).toEqual(['我ni h，好', before]);
    expect(textOf(ann)).toBe('说：我，好！');
    field.compose('你', 'ni h').endComposing();
    expect(field.value).toBe('说：我你，好！');
    await settled();
    expect([textOf(ann), textOf(bob)]).toEqual(['说：我你，好！', '说：我你，好！']);
    expect(field.selectionStart).toBe(4);
  });

  it('shows nobody its candidates', async () => {
    await bound('');
    field.startComposing().type('zhong').compose('zhongwen', 'zhong');
    await settled();
    expect(textOf(bob)).toBe('');
    field.compose('中文', 'zhongwen').endComposing();
    await settled();
    expect(textOf(bob)).toBe('中文');
  });

  it('may replace what somebody else deletes meanwhile', async () => {
    await bound('abcdef');
    field.select(2, 4).startComposing().type('x');
    bob.edit(draft, textEdit(1, -4));
    await settled();
    field.compose('字', 'x').endComposing();
    await settled();
    expect([field.value, textOf(bob)]).toEqual(['a字f', 'a字f']);
  });

  it('that is interrupted leaves its candidate', async () => {
    const end = await bound('');
    field.startComposing().type('ni');
    end();
    expect(textOf(ann)).toBe('ni');
  });
});

describe('a field whose block is merged into another', () => {
  async function merging(): Promise<string> {
    const { id } = ann.createBlock({ kind: 'DRAFT', text: 'Hello 😀' });
    await bound('world');
    return id;
  }

  it('goes on in that, with the caret at the same place of the text', async () => {
    const into = await merging();
    field.select(0, 5);
    await new DeskConversation(bob).merge(draft, into).sent;
    await settled();
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['Hello 😀\nworld', 9, 14]);
    field.select(9).type('whole ');
    await settled();
    expect(bob.block(into)?.text).toBe('Hello 😀\nwhole world');
    bob.edit(into, textEdit('Oh! '));
    await settled();
    expect([field.value, field.selectionStart]).toEqual(['Oh! Hello 😀\nwhole world', 19]);
  });

  it('goes on at the end of a chain of merges, whatever was typed on the way', async () => {
    const into = await merging();
    const { id: last } = bob.createBlock({ kind: 'DRAFT', text: 'Dear Vera,' });
    await settled();
    gateway.isMute = true;
    field.select(5).type('!');
    await settled();
    gateway.isMute = false;
    await new DeskConversation(bob).merge(draft, into).sent;
    bob.edit(into, textEdit('> '));
    await new DeskConversation(bob).merge(into, last).sent;
    await settled();
    field.type('!');
    await settled();
    expect(field.value).toBe('Dear Vera,\n> Hello 😀\nworld!!');
    expect(bob.block(last)?.text).toBe(field.value);
  });

  it('leaves the input method alone', async () => {
    const into = await merging();
    field.select(0).startComposing().type('ni');
    await new DeskConversation(bob).merge(draft, into).sent;
    bob.edit(into, textEdit('1. '));
    await settled();
    expect(field.value).toBe('niworld');
    field.compose('你', 'ni').endComposing();
    await settled();
    expect(field.value).toBe('1. Hello 😀\n你world');
    expect(bob.block(into)?.text).toBe(field.value);
  });

  it('finds its text there when it was away meanwhile', async () => {
    const into = await merging();
    await settled();
    const connection = gateway.connections.find(({ author }) => author.subject === 'ann')!;
    const handle = [...connection.handles.keys()][0]!;
    connection.handles.clear();
    await new DeskConversation(bob).merge(draft, into).sent;
    const sequencer = gateway.conversation('x');
    const blocks = sequencer.blocksSince(2, 'STAFF');
    field.select(3);
    connection.send({ opened: { handle, conversation: 'x', view: 'STAFF', blocks } });
    await settled();
    expect([field.value, field.selectionStart]).toEqual(['Hello 😀\nworld', 12]);
  });
});

describe('two who write in one draft', () => {
  it('end with the same text, with everything that was typed and not deleted', async () => {
    for (let round = 0; round < Math.ceil(CASES / 200); round++) {
      await bound('start');
      const other = new FakeField();
      const ends = [bindText(other, bob, draft)];
      const fields = [field, other];
      const composing = new Map<FakeField, string>();
      let letter = 0x20000;
      for (let step = 0; step < 60; step++) {
        const writer = random.pick(fields);
        const candidate = composing.get(writer);
        if (candidate !== undefined) {
          const next = String.fromCodePoint(letter++);
          writer.compose(next, candidate);
          composing.set(writer, next);
          if (random.chance(0.4)) {
            writer.endComposing();
            composing.delete(writer);
          }
        } else if (random.chance(0.2)) {
          writer.select(boundary(writer)).startComposing();
          composing.set(writer, '');
        } else {
          writer.select(boundary(writer)).type(String.fromCodePoint(letter++));
        }
        if (random.chance(0.3)) {
          await settled();
        }
      }
      composing.forEach((_, writer) => writer.endComposing());
      await settled();
      expect(field.value).toBe(other.value);
      expect(textOf(ann)).toBe(field.value);
      expect(textOf(bob)).toBe(field.value);
      expect([...field.value].filter((character) => 'start'.includes(character)).join('')).toBe('start');
      expect(new Set(field.value).size).toBe([...field.value].length - 1);
      ends.forEach((end) => {
        end();
      });
      field = new FakeField();
    }
  });

  function boundary(of: FakeField): number {
    const characters = [...of.value];
    return characters.slice(0, random.below(characters.length + 1)).join('').length;
  }
});
