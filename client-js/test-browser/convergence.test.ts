import { expect, test } from 'vitest';
import type { ConversationState } from '../src/conversation/state.ts';
import type { Entry } from '../src/wire/wire.ts';
import { PseudoRandom } from '../test/fixture/pseudo-random.ts';
import { SEED } from '../test/fixture/seed.ts';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually, pause } from './fixture/eventually.ts';
import { allTexts, publicPart, readLog, replay } from './fixture/log.ts';
import { Stage } from './fixture/stage.ts';
import { SubmissionRecord } from './fixture/submission-record.ts';
import { Tags } from './fixture/tags.ts';
import { Writer } from './fixture/writer.ts';

const BEHIND_MIN = 0.3;
const PAIRS_MIN = 1_000;
const PUBLICATIONS_MIN = 3;
const WRITING_MILLIS_MAX = 200_000;
const LOG_INTERVAL_MILLIS = 2_000;
const SETTLING_MILLIS_MAX = 90_000;

const stage = Stage.forThisFile();

/** Some people at one browser, each in a tab. One tab is in front, and there somebody types with the keyboard. */
class Side {
  /** Nobody but the test writes. */
  isResting = false;
  private front = 0;

  constructor(
    readonly tabs: ChatTab[],
    readonly writers: readonly Writer[],
    private readonly random: PseudoRandom,
    private readonly newTab: (i: number) => Promise<ChatTab>,
    private readonly typeWithKeyboard: (tab: ChatTab, word: string) => Promise<void>,
  ) {}

  get saved(): string[] {
    return this.writers.flatMap(({ saved }) => saved);
  }

  async write(isDone: () => boolean, meanwhile?: () => Promise<void>): Promise<void> {
    await Promise.all([
      ...this.writers.map((writer, i) => writer.write(() => (this.isResting ? undefined : this.tabs[i]), isDone)),
      this.livesOn(isDone, meanwhile),
    ]);
  }

  private async livesOn(isDone: () => boolean, meanwhile?: () => Promise<void>): Promise<void> {
    while (!isDone()) {
      await this.type();
      await pause(4_000 + this.random.below(4_000));
      await this.disturb();
      await meanwhile?.();
    }
  }

  private async type(): Promise<void> {
    this.front = (this.front + 1) % this.tabs.length;
    const tab = this.tabs[this.front]!;
    const writer = this.writers[this.front]!;
    const word = writer.word().replaceAll('\n', ' ');
    await tab.page.bringToFront();
    await this.typeWithKeyboard(tab, word);
    writer.saved.push(...Tags.in(word));
  }

  /** A tab behind is reloaded or closed in the middle of what it does; in place of a closed one comes a new one. */
  private async disturb(): Promise<void> {
    const unlucky = (this.front + 1 + this.random.below(this.tabs.length - 1)) % this.tabs.length;
    if (this.random.chance(0.5)) {
      await this.tabs[unlucky]!.reload();
    } else {
      await this.tabs[unlucky]!.close();
      this.tabs[unlucky] = await this.newTab(unlucky);
    }
  }
}

test('three visitor tabs and two agents in two browsers end with the same bytes', async () => {
  const random = new PseudoRandom(SEED);
  const tags = new Tags();
  const record = new SubmissionRecord();
  const [shop, desk] = [stage.network(0), stage.network(1)];
  for (const network of [shop, desk]) {
    network.observers.add(record);
    network.delayMillis = () => 30 + random.below(120);
  }
  const [atHome, atTheDesk] = await Promise.all([stage.browser(), stage.browser()]);
  const newVisitor = (): Promise<ChatTab> => ChatTab.visitor(atHome, shop.origin);
  const firstVisitor = await newVisitor();
  const conversation = await firstVisitor.conversationId();
  const newAgent = (i: number): Promise<ChatTab> =>
    ChatTab.agent(atTheDesk, desk.origin, ['Ann', 'Bob'][i]!, conversation);
  const visitors = new Side(
    [firstVisitor, await newVisitor(), await newVisitor()],
    [1, 2, 3].map(() => new Writer('visitor', random, tags)),
    random,
    newVisitor,
    (tab, word) => (random.chance(0.5) ? tab.typeMessage(word) : tab.typeIntoLastMessage(word)),
  );
  const agents = new Side(
    [await newAgent(0), await newAgent(1)],
    [1, 2].map(() => new Writer('agent', random, tags)),
    random,
    newAgent,
    (tab, word) => tab.typeIntoDraft(word),
  );
  await visitors.tabs[0]!.typeMessage(`Hello ${tags.next()}`);

  let entries: readonly Entry[] = [];
  const endMillis = performance.now() + WRITING_MILLIS_MAX;
  const isDone = (): boolean =>
    performance.now() > endMillis ||
    (record.concurrency(entries).pairs > PAIRS_MIN && publicationsIn(entries) >= PUBLICATIONS_MIN);
  const readOn = async (): Promise<void> => {
    while (!isDone()) {
      await pause(LOG_INTERVAL_MILLIS);
      ({ entries } = await readLog(stage.gateway, conversation));
    }
  };
  await Promise.all([visitors.write(isDone), agents.write(isDone, () => publish(agents)), readOn()]);

  // What closed tabs left unsent is shown to those who come later.
  visitors.tabs.push(await newVisitor());
  agents.tabs.push(await newAgent(0), await newAgent(1));
  const everybody = [...visitors.tabs, ...agents.tabs];
  const saved = [...visitors.saved, ...agents.saved];
  let missing = saved;
  const haveAll = async (): Promise<boolean> => {
    ({ entries } = await readLog(stage.gateway, conversation));
    const known = [...Tags.in(allTexts(replay(entries))), ...(await unsentTags(everybody))];
    missing = saved.filter((tag) => !known.includes(tag));
    return (
      missing.length === 0 &&
      (await areSettled(visitors.tabs, publicPart(entries))) &&
      (await areSettled(agents.tabs, entries))
    );
  };
  const what = 'the log has all that was saved, and every tab all that it may see';
  await eventually(what, haveAll, SETTLING_MILLIS_MAX).catch(() => undefined);
  const { submissions, behind, pairs } = record.concurrency(entries);
  console.log(
    `seed ${SEED}: ${submissions} submissions, ${behind} behind head, ${pairs} concurrent pairs on one block`,
  );

  expect(missing).toEqual([]);
  await expectSameBytes(visitors.tabs, replay(publicPart(entries), 'PUBLIC'));
  await expectSameBytes(agents.tabs, replay(entries));
  const reader = { role: 'VISITOR', subject: await visitors.tabs[0]!.subject() } as const;
  expect((await readLog(stage.gateway, conversation, reader)).entries).toEqual(publicPart(entries));
  const kept = Tags.in(allTexts(replay(entries)));
  expect(kept).toHaveLength(new Set(kept).size);
  const unsent = (await Promise.all(everybody.map((tab) => tab.unsent()))).flat();
  expect(unsent.filter(({ text }) => Tags.in(text).some((tag) => kept.includes(tag)))).toEqual([]);

  expect(behind / submissions).toBeGreaterThan(BEHIND_MIN);
  expect(pairs).toBeGreaterThan(PAIRS_MIN);
  expect(publicationsIn(entries)).toBeGreaterThanOrEqual(PUBLICATIONS_MIN);
});

function publicationsIn(log: readonly Entry[]): number {
  return log.filter(({ command }) => command === 'PublishDraft').length;
}

/** One agent sends the reply, at the same moment as the other writes in it: whoever comes first. */
async function publish(agents: Side): Promise<void> {
  const [sender, other] = [agents.tabs[0]!, agents.tabs[1]!];
  agents.isResting = true;
  await eventually('the reply is sent', async () => {
    await eventually('the agents rest', async () => (await pendingOf(sender)) + (await pendingOf(other)) === 0);
    const [draft] = await sender.blocks('DRAFT');
    const writer = agents.writers[1]!;
    await Promise.all([sender.write({ kind: 'publish' }), writer.take(other, writer.step())]);
    await eventually('the sender has an answer', async () => (await pendingOf(sender)) === 0);
    return (await sender.blocks('DRAFT')).every(({ id }) => id !== draft?.id);
  });
  agents.isResting = false;
}

async function pendingOf(tab: ChatTab): Promise<number> {
  return (await tab.display()).pending;
}

/** Whether the tabs have the last entry of what they may see, and nothing of their own to send. */
async function areSettled(tabs: readonly ChatTab[], log: readonly Entry[]): Promise<boolean> {
  const last = log[log.length - 1]?.revision ?? 0;
  const displays = await Promise.all(tabs.map((tab) => tab.display()));
  return displays.every(({ pending, revision }) => pending === 0 && revision >= last);
}

async function expectSameBytes(tabs: readonly ChatTab[], state: ConversationState): Promise<void> {
  for (const tab of tabs) {
    const { canonical, divergences } = await tab.display();
    expect(canonical).toBe(state.canonical());
    expect(divergences).toBe(0);
  }
}

/** What the tabs show as not sent. */
async function unsentTags(tabs: readonly ChatTab[]): Promise<string[]> {
  const unsent = await Promise.all(tabs.map((tab) => tab.unsent()));
  return Tags.in(
    unsent
      .flat()
      .map(({ text }) => text)
      .join(),
  );
}
