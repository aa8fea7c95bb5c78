import { expect, it } from 'vitest';
import { hex } from '../../src/bytes.ts';
import { rankBetween, rankOf } from '../../src/conversation/rank.ts';
import type { Block } from '../../src/conversation/state.ts';
import { lengthOf } from '../../src/ot/text.ts';
import type { Role } from '../../src/wire/wire.ts';
import { PseudoRandom } from '../fixture/pseudo-random.ts';
import { type Participant, Room } from '../fixture/room.ts';
import { randomSchedule } from '../fixture/schedule.ts';
import { ScheduledPlay } from '../fixture/scheduled-play.ts';
import { CASES, SEED } from '../fixture/seed.ts';

const ROLES: readonly Role[] = ['AGENT', 'AGENT', 'VISITOR', 'ASSISTANT'];
const ROUNDS = Math.ceil(CASES / 10);
const SCHEDULES = Math.ceil(CASES / 40);
const STEPS = 120;
const FIRST_CHARACTER = 0x20000;

/** Which characters a submission brings and takes. No character is ever typed twice. */
interface Marks {
  readonly typed: string[];
  readonly deleted: string[];
}

/**
 * Several replicas that type, lose their connection, miss answers and send again, in an order that a seed decides. Every
 * character has a name of its own, so that a text which converged and still lost or doubled something is found out.
 */
class Farm {
  readonly room: Room;
  private readonly random: PseudoRandom;
  private readonly marks = new Map<string, Marks>();
  private readonly copies: (() => void)[] = [];
  private characters = 0;

  constructor(
    seed: number,
    private readonly breaksOutboxes: boolean,
  ) {
    this.random = new PseudoRandom(seed);
    this.room = new Room(seed);
    const size = 2 + this.random.below(3);
    ROLES.slice(0, size).forEach((role, i) => this.room.join(`p${i}`, role));
    this.newBlock(this.room.participants[0]!);
    this.room.sync();
  }

  run(): void {
    for (let i = 0; i < STEPS; i++) {
      this.step(this.random.pick(this.room.participants));
    }
    this.copies.forEach((deliverAgain) => {
      deliverAgain();
    });
    this.room.converged();
  }

  expectNothingLostOrDoubled(): void {
    const blocks = [...this.room.sequencer.state.blocks.values()].filter(({ kind }) => kind !== 'SUGGESTION');
    const present = blocks.flatMap(({ text }) => [...text]).filter((character) => character !== '\n');
    expect(new Set(present).size).toBe(present.length);
    const codes = new Map(
      this.room.participants.flatMap(({ settled }) => settled.map(({ contentId, code }) => [hex(contentId), code])),
    );
    const of = (wanted: (code: string | undefined) => boolean, side: keyof Marks) =>
      new Set([...this.marks].flatMap(([id, marks]) => (wanted(codes.get(id)) ? marks[side] : [])));
    const isAccepted = (code: string | undefined) => code === undefined;
    const isDoubtful = (code: string | undefined) => code === 'MAYBE_SENT';
    const doubtful = new Set([...of(isDoubtful, 'typed'), ...of(isDoubtful, 'deleted')]);
    const deleted = new Set([...of(isAccepted, 'deleted'), ...this.room.sequencer.erased.join('')]);
    const expected = [...of(isAccepted, 'typed')].filter((character) => !deleted.has(character));
    const certain = (character: string) => !doubtful.has(character);
    expect(present.filter(certain).sort()).toEqual(expected.filter(certain).sort());
    expect([...codes.keys()].sort()).toEqual(expect.arrayContaining([...this.marks.keys()].sort()));
  }

  expectDenseOutboxes(): void {
    const seqs = new Map<string, number[]>();
    for (const { outbox, seq } of this.room.sequencer.log) {
      seqs.set(outbox, [...(seqs.get(outbox) ?? []), seq]);
    }
    for (const list of seqs.values()) {
      expect([...new Set(list)]).toEqual([...list].sort((a, b) => a - b));
    }
    const ids = this.room.sequencer.log.map(({ contentId }) => hex(contentId));
    expect(new Set(ids).size).toBe(ids.length);
  }

  private step(who: Participant): void {
    const dice = this.random.below(100);
    if (dice < 26) {
      this.type(who);
    } else if (dice < 34) {
      this.newBlock(who);
    } else if (dice < 37) {
      who.sets('', this.random.pick(['state', 'title']), String(this.random.below(5)));
    } else if (dice < 43) {
      this.command(who);
    } else if (dice < 62) {
      this.deliver(who);
    } else if (dice < 92) {
      who.receiveNext();
    } else if (dice < 95) {
      who.disconnect();
    } else if (dice < 98) {
      if (!who.online) {
        who.connect();
      }
    } else {
      this.misfortune();
    }
  }

  private type(who: Participant): void {
    const blocks = who.replica
      .blocks()
      .filter(
        ({ kind, mergedInto, erased }) => (kind === 'DRAFT' || kind === 'MESSAGE') && mergedInto === '' && !erased,
      );
    if (blocks.length === 0) {
      return;
    }
    const block = this.random.pick(blocks);
    const characters = [...block.text];
    const position = this.random.below(characters.length + 1);
    const deleted = this.random.chance(0.4) ? characters.slice(position, position + 1 + this.random.below(4)) : [];
    const typed = this.newText(deleted.length === 0 ? 1 : 0);
    who.types(block.id, position, typed, deleted.length);
    this.mark(who, typed, deleted);
  }

  private newBlock(who: Participant): void {
    const typed = this.newText(0);
    who.says(typed, who.author.role === 'VISITOR' || this.random.chance(0.5) ? 'MESSAGE' : 'DRAFT');
    this.mark(who, typed, []);
  }

  /** Something that changes more than a text, now and then. */
  private command(who: Participant): void {
    if (who.author.role !== 'AGENT') {
      return;
    }
    const known = who.replica.blocks().filter(({ revision, mergedInto }) => revision > 0 && mergedInto === '');
    const [drafts, messages, suggestions] = (['DRAFT', 'MESSAGE', 'SUGGESTION'] as const).map((kind) =>
      known.filter((block) => block.kind === kind),
    ) as [Block[], Block[], Block[]];
    const dice = this.random.below(12);
    if (dice < 3 && drafts.length > 0) {
      who.publishes(this.random.pick(drafts).id);
    } else if (dice < 6 && messages.length > 1) {
      who.commands({ mergeBlocks: { block: this.random.pick(messages).id, into: this.random.pick(messages).id } });
    } else if (dice < 7 && messages.length > 0) {
      const rank = rankBetween('', rankOf(this.random.pick(messages)));
      who.does({ move: { block: this.random.pick(messages).id, rank }, audience: 'STAFF' });
    } else if (dice < 9 && drafts.length > 0) {
      const target = this.random.pick(drafts);
      who.suggests(target.id, this.random.below(lengthOf(target.text) + 1), this.newText(1));
    } else if (dice < 11 && suggestions.length > 0) {
      const { id, text } = this.random.pick(suggestions);
      who.commands({ acceptSuggestion: { block: id } });
      this.mark(who, text, []);
    } else if (messages.length > 2) {
      who.commands({ redact: { block: this.random.pick(messages).id } });
    }
  }

  private deliver(who: Participant): void {
    const [submit] = who.toServer;
    if (submit && !this.breaksOutboxes && this.random.chance(0.15)) {
      this.copies.push(() => {
        this.room.decide(who, submit);
      });
    }
    this.room.deliverNext(who);
    if (this.copies.length > 0 && this.random.chance(0.1)) {
      this.copies.shift()?.();
    }
  }

  private misfortune(): void {
    const { sequencer } = this.room;
    if (this.random.chance(0.4)) {
      sequencer.refusals.push({ code: 'OVERLOADED', delayMillis: 1 });
    } else if (this.random.chance(0.4)) {
      sequencer.horizon += this.random.below(sequencer.log.length - sequencer.horizon + 1);
    } else if (this.breaksOutboxes) {
      const { outbox } = this.random.pick(this.room.participants).replica;
      // A first submission that is sent again to a gateway that forgot it cannot be told from a new one.
      if ((sequencer.outboxes.get(outbox)?.lastSeq ?? 0) > 1) {
        sequencer.outboxes.delete(outbox);
      }
    }
  }

  private newText(minLength: number): string {
    const length = minLength + this.random.below(3);
    return Array.from({ length }, () => String.fromCodePoint(FIRST_CHARACTER + this.characters++)).join('');
  }

  private mark(who: Participant, typed: string, deleted: readonly string[]): void {
    const id = hex(who.replica.pending.at(-1)!.contentId);
    const marks = this.marks.get(id) ?? { typed: [], deleted: [] };
    this.marks.set(id, { typed: [...marks.typed, ...typed], deleted: [...marks.deleted, ...deleted] });
  }
}

it.each([
  ['replicas that lose connections and answers', false],
  ['replicas whose outboxes the gateway forgets', true],
])('%s end with the same, nothing lost and nothing doubled', (_, breaksOutboxes) => {
  for (let round = 0; round < ROUNDS; round++) {
    const farm = new Farm(SEED + round, breaksOutboxes);
    try {
      farm.run();
      farm.expectNothingLostOrDoubled();
      if (!breaksOutboxes) {
        farm.expectDenseOutboxes();
      }
    } catch (error) {
      throw new Error(`PARLEY_SEED=${SEED + round} PARLEY_CASES=10 repeats this`, { cause: error });
    }
  }
});

it('replicas that do everything there is to do, by schedules as Java has them, end with the same', () => {
  for (let round = 0; round < SCHEDULES; round++) {
    const seed = SEED + round;
    try {
      const random = new PseudoRandom(seed);
      new ScheduledPlay(randomSchedule(2 + random.below(5), 300, random), seed).run();
    } catch (error) {
      throw new Error(`PARLEY_SEED=${seed} PARLEY_CASES=10 repeats this`, { cause: error });
    }
  }
});
