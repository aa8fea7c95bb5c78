import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { Stage } from './fixture/stage.ts';

const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
/** More than a page opens with. */
const LINES = 230;
const PHONE = { width: 375, height: 740 };
const DESK = { width: 1280, height: 860 };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

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
  await eventually('and where', () => drawn(dana, 'peer-caret', 'assistant'));
  await ann.page.bringToFront();
  await ann.find('draft').first().focus();
  await ann.page.keyboard.press('Control+Home');
  await ann.page.keyboard.type('Hello! ');
  await dana.page.bringToFront();
  await dana.find('draft').first().focus();
  await dana.page.keyboard.press('Control+Home');
  await dana.page.keyboard.type('Dana: ');
  await ann.page.keyboard.press('Shift+Control+ArrowLeft');
  await eventually('Dana sees what Ann selected', () => drawn(dana, 'peer-selection', 'ann'));
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

/** Where somebody else's caret or selection is drawn; the first one, if there are several. */
async function drawn(tab: ChatTab, what: 'peer-caret' | 'peer-selection', peer: string): Promise<Box | undefined> {
  const found = tab.page.locator(`[data-testid=${what}][data-peer="${peer}"]`);
  return (await found.count()) === 0 ? undefined : ((await found.first().boundingBox()) ?? undefined);
}

/** How wide a text is in the field for replies. */
function widthOf(tab: ChatTab, text: string): Promise<number> {
  return tab
    .find('draft')
    .first()
    .evaluate((field, words) => {
      const canvas = document.createElement('canvas').getContext('2d');
      if (!canvas) {
        return NaN;
      }
      canvas.font = getComputedStyle(field).font;
      return canvas.measureText(words).width;
    }, text);
}

test('carets and selections of colleagues, and where the assistant writes, are drawn in the draft and move with its text', async () => {
  const { ann, dana } = await scene('How long does delivery to Norway take?');
  await ann.page.bringToFront();
  await ann.typeIntoDraft('Hello there');
  await dana.page.bringToFront();
  await eventually('Dana has it', async () => (await draftText(dana)) === 'Hello there');
  await dana.find('draft').first().focus();
  await dana.page.keyboard.press('Control+End');
  for (let i = 0; i < 5; i++) {
    await dana.page.keyboard.press('Shift+ArrowLeft');
  }
  const word = await widthOf(ann, 'there');
  const selection = await eventually('Ann sees the whole selection', async () => {
    const now = await drawn(ann, 'peer-selection', 'dana');
    return now && Math.abs(now.width - word) < 2 ? now : undefined;
  });
  const caret = await eventually('Ann sees the caret', () => drawn(ann, 'peer-caret', 'dana'));
  expect(await ann.page.locator('[data-testid=peer-caret][data-peer=dana]').textContent()).toBe('Dana');
  const before = await widthOf(ann, 'Hello ');
  const padding = selection.x - ((await ann.find('draft').first().boundingBox())?.x ?? NaN) - before;
  expect(padding).toBeGreaterThan(5);
  expect(padding).toBeLessThan(20);
  expect(Math.abs(caret.x + caret.width / 2 - selection.x)).toBeLessThan(2);

  await ann.page.keyboard.press('Control+Home');
  await ann.page.keyboard.type('Oh! 😀 ');
  const pushed = await widthOf(ann, 'Oh! 😀 ');
  await eventually('the selection has moved with its word', async () => {
    const moved = await drawn(ann, 'peer-selection', 'dana');
    return moved && Math.abs(moved.x - selection.x - pushed) < 2 && Math.abs(moved.width - selection.width) < 2;
  });
  await eventually('Dana sees where Ann is', () => drawn(dana, 'peer-caret', 'ann'));
  expect(await drawn(dana, 'peer-selection', 'ann')).toBeUndefined();

  await ann.find('ask').click();
  await eventually('there are two drafts', async () => (await ann.find('draft').count()) === 2);
  await dana.page.bringToFront();
  const place = async (): Promise<Box | undefined> => {
    const written = dana.page.locator('.peer-caret.by-assistant');
    return (await written.count()) === 0 ? undefined : ((await written.boundingBox()) ?? undefined);
  };
  const then = await eventually('Dana sees where the assistant writes', place);
  await eventually('it moves', async () => {
    const now = await place();
    return now && (now.x !== then.x || now.y !== then.y);
  });
  await picture(dana, 'carets');
});

test('who looks and who types is shown to both sides, as far as each may know', async () => {
  const { visitor, ann, dana } = await scene('Is anybody there?');
  await Promise.all([ann, dana, visitor].map((tab) => tab.page.bringToFront()));
  const name = (await visitor.find('visitor-name').textContent()) ?? '';
  const supportLine = (): Promise<string | null> => visitor.find('support').textContent();
  const peers = async (): Promise<string> =>
    (await ann.find('peers').locator('li').allTextContents()).sort().join(' and ');
  await eventually('Ann sees both', async () => (await peers()) === ['Dana', name].sort().join(' and '));
  await eventually('the visitor sees somebody', async () => (await supportLine()) === 'Support is here');
  await eventually(
    'the list tells who looks',
    async () =>
      (await ann.find('inbox-viewers').first().locator('li').allTextContents()).sort().join() ===
      ['Dana', name].sort().join(),
  );
  await visitor.find('composer').focus();
  await visitor.page.keyboard.type('Hm');
  await eventually('Ann sees that', async () => (await ann.find('typing').textContent()) === `${name} is typing …`);
  await ann.typeIntoDraft('Yes');
  await eventually('Dana sees that', async () => (await dana.find('typing').textContent())?.includes('Ann'));
  expect(await supportLine()).toBe('Support is here');
  await ann.page.keyboard.press('Control+Enter');
  await eventually('it is sent', async () => (await visitor.shownTexts()).length === 2);
  await eventually('Ann types no more', async () => !(await dana.find('typing').textContent())?.includes('Ann'));
  expect(await supportLine()).toBe('Support is here');
  await ann.find('message').last().getByTestId('message-edit').press('Enter');
  await ann.page.keyboard.type(', we are');
  await eventually('the visitor sees that', async () => (await supportLine()) === 'Support is typing …');
  await picture(ann, 'people');
  await picture(visitor, 'support');
  await dana.close();
  await eventually('Dana is gone', async () => (await peers()) === name);
  await ann.find('back').evaluate((back: HTMLAnchorElement) => {
    back.click();
  });
  await eventually('the visitor is alone', () => visitor.find('support').isHidden());
});

test('agents see the pages of the site, order who waits, and whoever takes a visitor has it on all desks', async () => {
  const browsers = await Promise.all([stage.browser(), stage.browser(), stage.browser()]);
  const [first, second] = [
    await ChatTab.visitor(browsers[0], stage.network(0).origin),
    await ChatTab.visitor(browsers[1], stage.network(0).origin),
  ];
  const ids: string[] = [];
  for (const visitor of [first, second]) {
    await visitor.page.bringToFront();
    await visitor.typeMessage('Hello?');
    await visitor.typeMessage('Anybody?');
    await eventually('it is sent', async () => (await visitor.shownStatuses()).join() === 'sent,sent');
    ids.push(await visitor.conversationId());
  }
  const [one = '', two = ''] = ids;
  const ann = await browsers[2].newTab();
  await ann.goto(`${stage.network(1).origin}/desk.html?agent=Ann`);
  const bob = await (await stage.browser()).newTab();
  await bob.goto(`${stage.network(1).origin}/desk.html?agent=Bob`);
  await ann.bringToFront();
  const waiting = (page: Page): Promise<(string | null)[]> =>
    page.getByTestId('waiting-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-conversation')));
  const ours = async (page: Page): Promise<string> =>
    (await waiting(page)).filter((id) => ids.includes(id ?? '')).join(' before ');
  const buttonOf = (id: string, button: string): Locator =>
    ann.locator(`[data-conversation="${id}"]`).getByTestId(button);
  await eventually(
    'both wait, in the order in which they came',
    async () => (await ours(bob)) === `${one} before ${two}`,
  );
  const visitors = ann.locator('[data-page="/visitor.html"]').getByTestId('site-visitors');
  await eventually('both are on the page', async () => (await visitors.textContent()) === '2');
  const unread = ann.locator(`a[href="#${two}"]`).getByTestId('inbox-unread');
  await eventually('what is unread is counted', async () => (await unread.textContent()) === '2');

  const distance = async (): Promise<number> => {
    const shown = await waiting(ann);
    return shown.indexOf(two) - shown.indexOf(one);
  };
  while ((await distance()) > 0) {
    const before = await distance();
    await buttonOf(two, 'waiting-up').press('Enter');
    await eventually('it moves up', async () => (await distance()) !== before);
  }
  await eventually('at both desks', async () => (await ours(bob)) === `${two} before ${one}`);
  await picture(new ChatTab(ann), 'waiting');

  await buttonOf(two, 'waiting-take').press('Enter');
  await eventually('Ann has it', async () => (await ann.getByTestId('assignee').textContent()) === 'You have it');
  await eventually('it waits no more', async () => (await ours(bob)) === one);
  const row = bob.locator(`a[href="#${two}"]`);
  await eventually('Bob sees who has it', async () => (await row.textContent())?.includes('open · Ann'));
  await second.close();
  await eventually('one is left', async () => (await visitors.textContent()) === '1');
});

test("undo takes back one's own words alone while a colleague types, and a template as a whole", async () => {
  const { ann, dana } = await scene('Which size?');
  const press = async (tab: ChatTab, key: string): Promise<void> => {
    await tab.page.bringToFront();
    await tab.page.keyboard.press(key);
  };
  const shows = (text: string): Promise<unknown> =>
    eventually(`both have ${JSON.stringify(text)}`, async () => {
      const both = await Promise.all([ann, dana].map((tab) => tab.find('draft').first().inputValue()));
      return both.every((each) => each === text);
    });
  await ann.page.bringToFront();
  await ann.typeIntoDraft('Take the large one');
  await shows('Take the large one');
  await dana.page.bringToFront();
  await dana.find('draft').first().focus();
  await press(dana, 'Control+End');
  await dana.page.keyboard.type(', or');
  await shows('Take the large one, or');
  await press(ann, 'Control+Home');
  await ann.page.keyboard.type('Hi! ');
  await dana.page.keyboard.type(' two');
  await shows('Hi! Take the large one, or two');

  await press(ann, 'Control+z');
  await shows('Take the large one, or two');
  await dana.page.keyboard.type('.');
  await press(ann, 'Control+z');
  await shows(', or two.');
  await press(ann, 'Control+z');
  await shows(', or two.');
  await press(ann, 'Control+Shift+Z');
  await press(ann, 'Control+Shift+Z');
  await shows('Hi! Take the large one, or two.');

  await press(ann, 'Control+Home');
  await ann.page.keyboard.type('/');
  await eventually('the templates are offered', async () => (await ann.find('template').count()) > 1);
  const chosen = (await ann.page.locator('[data-testid=template][aria-selected=true] span').textContent()) ?? '';
  await press(ann, 'Enter');
  await shows(`${chosen}Hi! Take the large one, or two.`);
  await dana.page.keyboard.type(' Bye');
  await shows(`${chosen}Hi! Take the large one, or two. Bye`);
  await press(ann, 'Control+z');
  await shows('/Hi! Take the large one, or two. Bye');
  await press(ann, 'Control+y');
  await shows(`${chosen}Hi! Take the large one, or two. Bye`);
  await press(ann, 'Control+z');
  await press(ann, 'Control+z');
  await shows('Hi! Take the large one, or two. Bye');
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
  expect(await dana.find('assignee').textContent()).toBe('Ann has it');
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
  const sections = (): Promise<string[]> =>
    bob.getByTestId('section').evaluateAll((fields: HTMLTextAreaElement[]) => fields.map(({ value }) => value));
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
