import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { Stage } from './fixture/stage.ts';

const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
const CANARY = 'canary-7f3a9c';
const CHANGES = 200;
const LAYOUTS_MAX = 60;
const FROM_END_PIXELS_MAX = 48;

const stage = Stage.forThisFile();

test('a question is answered through the shared draft, and its status moves from saved to read', async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const [atHome, atTheDesk] = await Promise.all([stage.browser(), stage.browser()]);
  const visitor = await ChatTab.visitor(atHome, stage.network(0).origin);
  const conversation = await visitor.conversationId();
  await visitor.page.bringToFront();
  await visitor.typeMessage('Does the teapot come in blue? 🫖');
  await eventually('it is sent', async () => (await visitor.shownStatuses())[0] === 'sent');

  const ann = await ChatTab.agent(atTheDesk, stage.network(1).origin, 'Ann', conversation);
  const bob = await ChatTab.agent(atTheDesk, stage.network(1).origin, 'Bob', conversation);
  await ann.page.bringToFront();
  await eventually('it is read', async () => (await visitor.shownStatuses())[0] === 'read');

  await ann.typeIntoDraft('Yes, in blue');
  await eventually('Bob sees it', async () => (await bob.blocks('DRAFT'))[0]?.text === 'Yes, in blue');
  await bob.page.bringToFront();
  await bob.find('draft').first().focus();
  await bob.page.keyboard.press('Control+End');
  await bob.page.keyboard.type(' and in green. 祝好');
  await eventually(
    'Ann sees both',
    async () => (await ann.blocks('DRAFT'))[0]?.text === 'Yes, in blue and in green. 祝好',
  );
  await bob.page.screenshot({ path: `${SCREENSHOTS}desk.png` });
  await bob.page.keyboard.press('Control+Enter');

  await eventually('the visitor has the answer', async () => (await visitor.shownTexts()).length === 2);
  await visitor.page.bringToFront();
  await visitor.page.screenshot({ path: `${SCREENSHOTS}visitor.png` });
  expect(await visitor.shownTexts()).toEqual(['Does the teapot come in blue? 🫖', 'Yes, in blue and in green. 祝好']);
});

test('not a byte of a draft or a note reaches a visitor, and nothing at all while staff type', async () => {
  const [atHome, atTheDesk] = await Promise.all([stage.browser(), stage.browser()]);
  const visitor = await ChatTab.visitor(atHome, stage.network(0).origin);
  const conversation = await visitor.conversationId();
  const ann = await ChatTab.agent(atTheDesk, stage.network(1).origin, 'Ann', conversation);
  let bytes = 0;
  let heard = '';
  let told = 0;
  stage.network(0).observers.add({
    bytesFromGateway(data) {
      bytes += data.length;
      heard += data.toString('latin1');
    },
    fromGateway({ pong }) {
      told += pong ? 0 : 1;
    },
  });
  const before = (await ann.display()).revision;
  await ann.page.evaluate(async (canary) => {
    const chat = window.parleyDemo?.conversation;
    if (!chat) {
      throw new Error('no conversation is open');
    }
    const draft = chat.createBlock({ kind: 'DRAFT', text: `${canary}-draft` });
    await chat.createBlock({ kind: 'NOTE', text: `${canary}-note` }).sent;
    for (let i = 0; i < 50; i++) {
      await chat.setText(draft.id, `${canary}-draft ${i}`)?.sent;
    }
    await chat.setText(draft.id, 'only this is for you')?.sent;
  }, CANARY);
  expect((await ann.display()).revision).toBeGreaterThan(before + 50);
  expect(told).toBe(0);

  await ann.write({ kind: 'publish' });
  await eventually('the visitor has the answer', async () => (await visitor.shownTexts()).length === 1);
  expect(await visitor.shownTexts()).toEqual(['only this is for you']);
  expect(bytes).toBeGreaterThan(0);
  expect(heard).toContain('only this is for you');
  expect(heard).not.toContain(CANARY);
});

test('what others write while a word is composed neither breaks it nor is lost', async () => {
  const [one, two] = await Promise.all([stage.browser(), stage.browser()]);
  const visitor = await ChatTab.visitor(one, stage.network(0).origin);
  const conversation = await visitor.conversationId();
  const ann = await ChatTab.agent(one, stage.network(0).origin, 'Ann', conversation);
  const bob = await ChatTab.agent(two, stage.network(1).origin, 'Bob', conversation);
  await ann.page.bringToFront();
  await ann.typeIntoDraft('start ');
  await eventually('Bob sees it', async () => (await bob.blocks('DRAFT'))[0]?.text === 'start ');

  const keyboard = await ann.devTools();
  const compose = (text: string): Promise<unknown> =>
    keyboard.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await compose('ni');
  await bob.write({ kind: 'edit', of: 'DRAFT', which: 0, place: 0, insert: 'Bob: ', remove: 0 });
  await eventually('Bob is in the log', async () => (await bob.display()).pending === 0);
  await compose('nihao');
  expect(await ann.find('draft').first().inputValue()).toContain('nihao');
  await keyboard.send('Input.insertText', { text: '你好' });

  for (const agent of [ann, bob]) {
    await eventually('both texts are there', async () => (await agent.blocks('DRAFT'))[0]?.text === 'Bob: start 你好');
  }
  expect(await ann.find('draft').first().inputValue()).toBe('Bob: start 你好');
});

test('many changes in a moment lay out the page once a frame, not once each', async () => {
  const tab = await ChatTab.visitor(await stage.browser(), stage.network().origin);
  await tab.page.bringToFront();
  await tab.typeMessage('draw me');
  const devTools = await tab.devTools();
  await devTools.send('Performance.enable');
  const layouts = async (): Promise<number> => {
    const { metrics } = await devTools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutCount')?.value ?? NaN;
  };
  const before = await layouts();
  await tab.page.evaluate(async (changes) => {
    const conversation = window.parleyDemo?.conversation;
    const [message] = conversation?.messages() ?? [];
    for (let i = 0; i < changes && message; i++) {
      conversation?.setText(message.id, `draw me ${'again '.repeat(i)}`);
      await Promise.resolve();
    }
  }, CHANGES);
  await eventually('all of it is shown', async () => (await tab.shownTexts())[0]?.length === 8 + 6 * (CHANGES - 1));
  const count = (await layouts()) - before;
  console.log(`${CHANGES} changes, ${count} layouts`);
  expect(count).toBeLessThan(LAYOUTS_MAX);
});

test('who is at the end of the list follows it, and who scrolled up is left in peace', async () => {
  const tab = await ChatTab.visitor(await stage.browser(), stage.network().origin);
  const conversation = await tab.conversationId();
  const ann = await ChatTab.agent(await stage.browser(), stage.network(1).origin, 'Ann', conversation);
  await tab.page.bringToFront();
  const say = (text: string): Promise<boolean> => ann.write({ kind: 'say', text });
  const scroll = (): Promise<{ top: number; fromEnd: number }> =>
    tab.find('message-scroller').evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({
      top: scrollTop,
      fromEnd: scrollHeight - scrollTop - clientHeight,
    }));
  for (let i = 0; i < 30; i++) {
    await say(`line ${i}`);
  }
  await eventually('the last one is in sight', async () => {
    const { top, fromEnd } = await scroll();
    return (await tab.shownTexts()).length === 30 && top > 0 && fromEnd < FROM_END_PIXELS_MAX;
  });

  await tab.find('message-scroller').focus();
  await tab.page.keyboard.press('Home');
  await eventually('the first one is in sight', async () => (await scroll()).top === 0);
  await say('one more');
  await eventually('a button tells of it', () => tab.find('newer').isVisible());
  expect((await scroll()).top).toBe(0);

  await tab.find('newer').press('Enter');
  await eventually('it is in sight', async () => (await scroll()).fromEnd < FROM_END_PIXELS_MAX);
  await eventually('the button is gone', () => tab.find('newer').isHidden());
});
