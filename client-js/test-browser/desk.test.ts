import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { Stage } from './fixture/stage.ts';

const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
/** More than a page opens with. */
const LINES = 230;
const PHONE = { width: 375, height: 740 };
const DESK = { width: 1280, height: 860 };

const stage = Stage.forThisFile();

beforeAll(() => {
  mkdirSync(SCREENSHOTS, { recursive: true });
});

async function picture(tab: ChatTab, name: string): Promise<void> {
  await tab.page.bringToFront();
  for (const [size, viewport] of Object.entries({ desktop: DESK, phone: PHONE })) {
    await tab.page.setViewportSize(viewport);
    await tab.page.screenshot({ path: `${SCREENSHOTS}${name}-${size}.png` });
  }
  await tab.page.setViewportSize(DESK);
}

/** A visitor who asked, and two agents in the conversation. */
async function scene(question: string): Promise<{ visitor: ChatTab; ann: ChatTab; dana: ChatTab }> {
  const [atHome, atTheDesk] = await Promise.all([stage.browser(), stage.browser()]);
  const visitor = await ChatTab.visitor(atHome, stage.network(0).origin);
  const conversation = await visitor.conversationId();
  await visitor.page.bringToFront();
  await visitor.typeMessage(question);
  await eventually('it is sent', async () => (await visitor.shownStatuses())[0] === 'sent');
  const ann = await ChatTab.agent(atTheDesk, stage.network(1).origin, 'Ann', conversation);
  const dana = await ChatTab.agent(await stage.browser(), stage.network(1).origin, 'Dana', conversation);
  return { visitor, ann, dana };
}

async function draftText(tab: ChatTab): Promise<string> {
  return (await tab.blocks('DRAFT'))[0]?.text ?? '';
}

test('two people type into the draft while the assistant writes, and not a word of its comes after they took over', async () => {
  const { ann, dana } = await scene('How long does delivery to Norway take?');
  await ann.page.bringToFront();
  await ann.find('ask').click();
  await eventually('the assistant writes', async () => (await draftText(ann)).length > 0);
  await dana.page.bringToFront();
  await eventually('Dana sees it', () => dana.find('take-over').isVisible());
  await ann.page.bringToFront();
  await ann.find('draft').first().focus();
  await ann.page.keyboard.press('Control+Home');
  await ann.page.keyboard.type('Hello! ');
  await dana.page.bringToFront();
  await dana.find('draft').first().focus();
  await dana.page.keyboard.press('Control+Home');
  await dana.page.keyboard.type('Dana: ');
  await picture(dana, 'assistant');
  expect(await dana.page.locator('.mirror .by-assistant').count()).toBeGreaterThan(0);

  await ann.page.bringToFront();
  await ann.find('draft').first().press('Escape');
  await eventually('nobody writes any more', () => ann.find('take-over').isHidden());
  await eventually('both have all of it', async () => (await draftText(ann)) === (await draftText(dana)));
  const text = await draftText(ann);
  await ann.find('draft').first().press('Control+End');
  await ann.page.keyboard.type(' Best, Ann');
  await eventually('Dana sees what Ann wrote', async () => (await draftText(dana)) === `${text} Best, Ann`);
  expect(text).toContain('Hello! ');
  expect(text).toContain('Dana: ');

  await ann.find('draft-versions').click();
  await eventually('the versions are there', async () => (await ann.find('version').count()) >= 3);
  await picture(ann, 'versions');
  await ann.find('version-slider').press('Home');
  const first = await ann.find('version-text').textContent();
  expect(`${text} Best, Ann`.length).toBeGreaterThan((first ?? '').length);
  await ann.find('version-slider').press('End');
  expect(await ann.find('version-text').textContent()).toBe(`${text} Best, Ann`);
});

test('a suggestion is accepted in the draft, and a template enters it by the keyboard', async () => {
  const { ann, dana } = await scene('Is the mug safe in the oven?');
  await ann.page.bringToFront();
  await ann.typeIntoDraft('Yes, it are safe.');
  await eventually('Dana sees it', async () => (await draftText(dana)) === 'Yes, it are safe.');
  await dana.page.bringToFront();
  await dana
    .find('draft')
    .first()
    .evaluate((field: HTMLTextAreaElement) => {
      field.focus();
      field.setSelectionRange(8, 11);
    });
  await dana.find('draft-suggest').click();
  await dana.page.keyboard.type('is');
  await dana.find('draft-editor').getByTestId('suggestion-propose').press('Enter');
  await ann.page.bringToFront();
  await eventually('Ann sees the suggestion', async () => (await ann.find('suggestion').count()) === 1);
  await picture(ann, 'suggestion');
  await ann.find('suggestion-accept').press('Enter');
  await eventually('it is in the draft', async () => (await draftText(dana)) === 'Yes, it is safe.');

  await ann.find('draft').first().focus();
  await ann.page.keyboard.press('Control+End');
  await ann.page.keyboard.type(' /');
  await eventually('the templates are offered', async () => (await ann.find('template').count()) > 1);
  await picture(ann, 'templates');
  await ann.page.keyboard.press('ArrowDown');
  const chosen = await ann.page.locator('[data-testid=template][aria-selected=true] span').textContent();
  await ann.page.keyboard.press('Enter');
  await eventually(
    'its text is in the draft',
    async () => (await draftText(dana)) === `Yes, it is safe. ${chosen ?? ''}`,
  );
});

test('two messages of the visitor are merged while the visitor edits one, and what staff arrange is shown to the visitor', async () => {
  const { visitor, ann, dana } = await scene('My parcel');
  await visitor.page.bringToFront();
  await visitor.typeMessage('is late');
  await eventually('Ann has both', async () => (await ann.shownTexts()).length === 2);
  const second = visitor.find('message').nth(1);
  await second.getByTestId('message-edit').press('Enter');
  await visitor.page.keyboard.type(', since');
  await eventually('Ann sees the edit', async () => (await ann.shownTexts())[1] === 'is late, since');
  await ann.page.bringToFront();
  await ann.find('message').nth(1).getByTestId('message-more').press('Enter');
  await picture(ann, 'menu');
  await ann.find('message').nth(1).getByTestId('message-merge').press('Enter');
  await eventually('there is one', async () => (await ann.shownTexts()).length === 1);
  await visitor.page.bringToFront();
  await eventually('the visitor has one too', async () => (await visitor.find('message').count()) === 1);
  await picture(visitor, 'merged');
  await visitor.page.keyboard.type(' Monday');
  await eventually(
    'what the visitor went on to type is in it',
    async () => (await ann.shownTexts())[0] === 'My parcel\nis late, since Monday',
  );

  await ann.page.bringToFront();
  await ann.write({ kind: 'say', text: 'Parcels come on weekdays.' });
  await ann.write({ kind: 'say', text: 'The desk is staffed from 9 to 5.' });
  for (const which of [1, 2]) {
    await ann.find('message').nth(which).getByTestId('message-more').press('Enter');
    await ann.find('message').nth(which).getByTestId('message-pin').press('Enter');
  }
  await eventually('both are pinned', async () => (await ann.find('pinned-text').count()) === 2);
  await ann.find('pinned-up').nth(1).press('Enter');
  await ann.find('topic-edit').press('Enter');
  await ann.page.keyboard.type('We answer within the hour.');
  await ann.find('topic-done').press('Enter');
  await ann.find('message').first().getByTestId('react').press('Enter');
  await ann.find('message').first().getByTestId('reaction-pick').first().press('Enter');
  await ann.find('take').press('Enter');
  await ann.find('tag-field').fill('parcel');
  await ann.find('tag-field').press('Enter');
  await ann.find('close-conversation').press('Enter');
  await eventually('Dana sees it closed', () => dana.find('state').isVisible());
  expect(await dana.find('assignee').textContent()).toBe('ann has it');
  await visitor.page.bringToFront();
  await eventually('the visitor sees it closed', () => visitor.find('closed').isVisible());
  expect(await visitor.find('pinned-text').allTextContents()).toEqual([
    'The desk is staffed from 9 to 5.',
    'Parcels come on weekdays.',
  ]);
  expect(await visitor.find('topic').textContent()).toBe('We answer within the hour.');
  await eventually('the reaction is shown', async () => (await visitor.find('reaction').count()) === 1);
  await picture(visitor, 'closed');
  await picture(ann, 'arranged');
  await visitor.page.bringToFront();
  await visitor.typeMessage('One more thing');
  await eventually('it is open again', () => dana.find('state').isHidden());

  dana.page.on('dialog', (dialog) => {
    void dialog.accept();
  });
  await dana.page.bringToFront();
  await dana.find('message').last().getByTestId('message-more').press('Enter');
  await dana.find('message').last().getByTestId('message-redact').press('Enter');
  await eventually('it is gone', async () => (await visitor.shownTexts()).at(-1) === 'This message was removed.');
});

test('two agents write in one section of an article, move it, and find it as an answer template', async () => {
  const [one, two] = await Promise.all([stage.browser(), stage.browser()]);
  const [ann, bob] = await Promise.all([one.newTab(), two.newTab()]);
  await ann.goto(`${stage.network(0).origin}/articles.html?agent=Ann`);
  await ann.bringToFront();
  await eventually('the articles are listed', async () => (await ann.getByTestId('article-row').count()) > 3);
  await ann.getByTestId('article-new').fill('Care of wool');
  await ann.getByTestId('article-new').press('Enter');
  await eventually(
    'the article is open',
    async () => (await ann.getByTestId('article-title').inputValue()) === 'Care of wool',
  );
  for (const text of ['Washing\nBy hand, cold.', 'Drying\nFlat.']) {
    const count = await ann.getByTestId('section').count();
    await ann.getByTestId('section-add').click();
    await eventually('there is one more', async () => (await ann.getByTestId('section').count()) === count + 1);
    await ann.getByTestId('section').last().fill(text);
  }
  await bob.goto(`${stage.network(1).origin}/articles.html?agent=Bob${new URL(ann.url()).hash}`);
  const sections = async (): Promise<string[]> =>
    Promise.all((await bob.getByTestId('section').all()).map((section) => section.inputValue()));
  await eventually('Bob has both', async () => (await sections()).join() === 'Washing\nBy hand, cold.,Drying\nFlat.');
  await bob.bringToFront();
  await bob.getByTestId('section').first().focus();
  await bob.keyboard.press('Control+End');
  await bob.keyboard.type(' With wool soap.');
  await eventually('Ann has it', async () =>
    (await ann.getByTestId('section').first().inputValue()).endsWith('With wool soap.'),
  );
  await ann.bringToFront();
  await ann.getByTestId('section-up').nth(1).press('Enter');
  await eventually('it has moved', async () => (await sections())[0] === 'Drying\nFlat.');
  await ann.getByTestId('article-template').check();
  await eventually('Bob sees what it is', () => bob.getByTestId('article-template').isChecked());
  await bob.bringToFront();
  for (const [size, viewport] of Object.entries({ desktop: DESK, phone: PHONE })) {
    await bob.setViewportSize(viewport);
    await bob.screenshot({ path: `${SCREENSHOTS}article-${size}.png` });
  }
});

test('who scrolls up to the first message that is loaded gets the older ones', async () => {
  const browser = await stage.browser();
  const visitor = await ChatTab.visitor(browser, stage.network(0).origin);
  await visitor.page.bringToFront();
  await visitor.page.evaluate(async (count) => {
    const chat = window.parleyDemo?.conversation;
    const sent = Array.from(
      { length: count },
      (_, i) => chat?.send(`line ${i}`).sent ?? Promise.reject(new Error('closed')),
    );
    await Promise.all(sent);
  }, LINES);
  await visitor.reload();
  await visitor.page.bringToFront();
  await eventually('only some are loaded', async () => {
    const count = (await visitor.shownTexts()).length;
    return count > 0 && count < LINES;
  });
  await visitor.find('message-scroller').focus();
  await eventually('all are there', async () => {
    await visitor.page.keyboard.press('Home');
    return (await visitor.shownTexts()).length === LINES;
  });
  expect((await visitor.shownTexts())[0]).toBe('line 0');
});
