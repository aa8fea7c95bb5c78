import { expect, test } from 'vitest';
import type { Entry } from '../src/wire/wire.ts';
import { ChatTab } from './fixture/chat-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { allTexts, publicPart, readLog, replay } from './fixture/log.ts';
import { Stage } from './fixture/stage.ts';
import { Tags } from './fixture/tags.ts';
import type { TcpProxy } from './fixture/tcp-proxy.ts';

const MESSAGES = 5;
const CUTS = 10;
/** They write as fast as they can while the gateway is away. */
const SENDING_MILLIS_MAX = 120_000;

const stage = Stage.forThisFile();

test('five messages written without a network and left in a closed tab are sent by the next tab, each once', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const tab = await ChatTab.visitor(browser, network.origin);
  const conversation = await tab.conversationId();
  await tab.page.bringToFront();
  await takeOffline(network, tab);

  const words = Array.from({ length: MESSAGES }, (_, i) => `飞行模式 ${i} ✈️`);
  for (const word of words) {
    await tab.typeMessage(word);
  }
  await eventually('all are shown as saved', async () => {
    const statuses = await tab.shownStatuses();
    return statuses.length === MESSAGES && statuses.every((status) => status === 'saved');
  });
  await tab.close();
  expect(textsOf(await logOf(conversation))).toEqual([]);

  network.comeBack();
  const next = await ChatTab.visitor(browser, network.origin);
  await eventually(
    'the next tab has sent them',
    async () => textsOf(await logOf(conversation)).length >= MESSAGES && (await next.shownTexts()).length >= MESSAGES,
  );
  expect(textsOf(await logOf(conversation))).toEqual(words);
  expect(await next.shownTexts()).toEqual(words);
});

test('an answer that is lost after the commit, again and again, doubles nothing', async () => {
  const network = stage.network();
  const tab = await ChatTab.visitor(await stage.browser(), network.origin);
  const conversation = await tab.conversationId();
  await tab.page.bringToFront();
  let cuts = 0;
  network.observers.add({
    fromGateway({ entries }, connection) {
      // The gateway shows an entry only once it is durable: this one is, and its author shall not hear of it.
      if (entries && cuts < CUTS) {
        cuts++;
        connection.swallow();
        connection.cut();
      }
    },
  });
  const tags = new Tags();
  const words = Array.from({ length: CUTS }, () => `once ${tags.next()}`);
  for (const word of words) {
    await tab.typeMessage(word);
  }
  await eventually('all are sent', async () => {
    const { pending, connection } = await tab.display();
    return pending === 0 && connection === 'live' && cuts === CUTS;
  });
  console.log(`${cuts} answers were lost on their way`);
  expect(textsOf(await logOf(conversation))).toEqual(words);
  expect(await tab.shownTexts()).toEqual(words);
});

test('what waits in a tab is kept when the storage of the site is cleared, and sent when the tab crashed', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const tab = await ChatTab.visitor(browser, network.origin);
  const conversation = await tab.conversationId();
  await tab.page.bringToFront();
  await takeOffline(network, tab);
  await tab.typeMessage('before it was cleared');
  await eventually('it is saved', async () => (await tab.shownStatuses()).includes('saved'));

  const database = await outboxDatabase(tab);
  const devTools = await tab.devTools();
  await devTools.send('Storage.clearDataForOrigin', { origin: network.origin, storageTypes: 'indexeddb' });
  await eventually('it is saved again', async () => (await submissionsIn(tab, database)) === 1);
  await tab.typeMessage('after it');
  await eventually('both are saved', async () => (await submissionsIn(tab, database)) === 2);
  await tab.crash();

  network.comeBack();
  const next = await ChatTab.visitor(browser, network.origin);
  await eventually('the next tab has sent them', async () => textsOf(await logOf(conversation)).length === 2);
  await eventually('the next tab shows them', async () => (await next.shownTexts()).length === 2);
  expect(textsOf(await logOf(conversation))).toEqual(['before it was cleared', 'after it']);
});

test('what the quota has no room for is sent from memory, and is not said to be saved', async () => {
  const network = stage.network();
  const page = await (await stage.browser()).newTab();
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Storage.overrideQuotaForOrigin', { origin: network.origin, quotaSize: 1 });
  const tab = await ChatTab.open(page, `${network.origin}/visitor.html`);
  const conversation = await tab.conversationId();
  await takeOffline(network, tab);
  await tab.typeMessage('too much');
  await tab.page.getByText('This device cannot store what you write').waitFor();
  expect(await tab.shownStatuses()).toEqual(['saving']);
  network.comeBack();
  await eventually('it is sent', async () => (await tab.display()).pending === 0);
  expect(textsOf(await logOf(conversation))).toEqual(['too much']);
});

test('what a crashed tab left in its outbox is sent by a living one without a reload', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const living = await ChatTab.visitor(browser, network.origin);
  const doomed = await ChatTab.visitor(browser, network.origin);
  const conversation = await living.conversationId();
  await doomed.page.bringToFront();
  await takeOffline(network, doomed);
  await doomed.typeMessage('from a tab that crashed 💥');
  await eventually('it is saved', async () => (await doomed.shownStatuses()).includes('saved'));
  await doomed.crash();

  network.comeBack();
  await eventually('the living tab has sent it', async () => textsOf(await logOf(conversation)).length > 0);
  await eventually('the living tab shows it', async () => (await living.shownTexts()).length > 0);
  expect(textsOf(await logOf(conversation))).toEqual(['from a tab that crashed 💥']);
  expect(await living.shownTexts()).toEqual(['from a tab that crashed 💥']);
});

test('a gateway killed while tabs write comes back on its folder and nothing is lost or doubled', async () => {
  const network = stage.network();
  const browser = await stage.browser();
  const tabs = [await ChatTab.visitor(browser, network.origin), await ChatTab.visitor(browser, network.origin)];
  const conversation = await tabs[0]!.conversationId();
  const tags = new Tags();
  const written: string[] = [];
  let isDone = false;
  const writing = tabs.map(async (tab) => {
    while (!isDone) {
      const word = `w ${tags.next()}`;
      written.push(word);
      await tab.write({ kind: 'say', text: word });
    }
  });
  for (let round = 0; round < 2; round++) {
    const before = written.length;
    await eventually('they write', () => written.length > before + 10);
    await stage.gateway.kill();
    await stage.gateway.start();
  }
  isDone = true;
  await Promise.all(writing);
  const areSent = async (): Promise<boolean> => {
    const displays = await Promise.all(tabs.map((tab) => tab.display()));
    return displays.every(({ pending, connection }) => pending === 0 && connection === 'live');
  };
  await eventually('all are sent', areSent, SENDING_MILLIS_MAX);
  const log = await logOf(conversation);
  console.log(`${written.length} messages over two kills`);
  expect([...textsOf(log)].sort()).toEqual([...written].sort());
  for (const tab of tabs) {
    await eventually('every tab has everything', async () => {
      const { canonical } = await tab.display();
      const { entries } = await readLog(stage.gateway, conversation);
      return canonical === replay(publicPart(entries), 'PUBLIC').canonical();
    });
  }
  expect(Tags.in(allTexts(replay(log)))).toHaveLength(written.length);
});

async function logOf(conversation: string): Promise<readonly Entry[]> {
  return (await readLog(stage.gateway, conversation)).entries;
}

/** Of the messages, in the order of the log. */
function textsOf(log: readonly Entry[]): string[] {
  return log.flatMap(({ effects }) => effects.flatMap(({ create }) => (create ? [create.text] : [])));
}

/** The network is gone, and the tab knows it. */
async function takeOffline(network: TcpProxy, tab: ChatTab): Promise<void> {
  network.goDown();
  await eventually('the tab knows that it is offline', async () => (await tab.display()).connection !== 'live');
}

/** Where the tab's user has outboxes. */
function outboxDatabase(tab: ChatTab): Promise<string> {
  return tab.page.evaluate(async () => {
    const subject = window.parleyDemo?.client.author.subject ?? '';
    const names = (await indexedDB.databases()).map(({ name = '' }) => name);
    return names.find((name) => name.endsWith(`/${subject}`)) ?? '';
  });
}

/** Chromium may answer nobody who asks which databases there are while they are cleared: whoever clears knows the name. */
function submissionsIn(tab: ChatTab, database: string): Promise<number> {
  return tab.page.evaluate(
    (name) =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onupgradeneeded = () => {
          opening.transaction?.abort();
        };
        opening.onerror = () => {
          resolve(0);
        };
        opening.onsuccess = () => {
          const counting = opening.result.transaction('submissions');
          const submissions = counting.objectStore('submissions').count();
          counting.oncomplete = () => {
            opening.result.close();
            resolve(submissions.result);
          };
          counting.onabort = () => {
            resolve(0);
          };
        };
      }),
    database,
  );
}
