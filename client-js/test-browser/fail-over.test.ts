import { afterAll, beforeEach, expect, test } from 'vitest';
import { ChaosTab } from './fixture/chaos-tab.ts';
import { eventually } from './fixture/eventually.ts';
import { FailOverTable } from './fixture/fail-over-table.ts';
import { LEASE, LOCK, type TestedRung, WORKER } from './fixture/rung.ts';
import { allShowTheLog } from './fixture/shown-log.ts';
import { Stage } from './fixture/stage.ts';
import type { ProxiedConnection } from './fixture/tcp-proxy.ts';

/** How often each thing happens on each rung; 30 are as many as the 200 messages allow that a new tab shows. */
const ROUNDS = Number(process.env['PARLEY_ROUNDS'] ?? 1);
/** One round of so many is also with nobody who looks: that takes a minute. */
const UNSEEN_EVERY = 10;
const FAIL_OVER_MILLIS_MAX = 90_000;
const ROUND_MILLIS_MAX = 240_000;

const stage = Stage.forThisFile();
const tables: FailOverTable[] = [];
/** When the gateway first answered on the newest connection. */
let openedAtMillis = 0;

beforeEach(() => {
  const open = new WeakSet<ProxiedConnection>();
  stage.network().observers.add({
    fromGateway({ opened }, connection) {
      if (opened && !open.has(connection)) {
        open.add(connection);
        openedAtMillis = performance.now();
      }
    },
  });
});
afterAll(() => {
  console.log(FailOverTable.toMarkdown(tables));
});

function tableOf({ rung }: TestedRung): FailOverTable {
  const table = new FailOverTable(rung);
  tables.push(table);
  return table;
}

/** Ends the connection, and tells when that was and when the gateway had answered on another. */
async function failOver(
  cause: string,
  end: () => Promise<unknown>,
): Promise<{ startMillis: number; endMillis: number }> {
  const startMillis = performance.now();
  const ending = end();
  await eventually(`connected again: ${cause}`, () => openedAtMillis > startMillis, FAIL_OVER_MILLIS_MAX);
  const endMillis = openedAtMillis;
  await ending;
  return { startMillis, endMillis };
}

function leaderOf(tabs: readonly ChaosTab[]): Promise<ChaosTab> {
  return eventually('one of the tabs leads', async () => {
    const lead = await Promise.all(tabs.map((tab) => tab.leads()));
    return tabs[lead.indexOf(true)];
  });
}

async function oneSocketIsLeft(): Promise<void> {
  await eventually('one socket is left', () => stage.network().webSockets.length === 1);
}

interface End {
  readonly cause: string;
  readonly end: (leader: ChaosTab) => Promise<void>;
  /** Undefined: it is gone for good. */
  readonly begin?: (leader: ChaosTab) => Promise<unknown>;
  readonly isUnseen?: boolean;
  /** The page itself tells when it was left: it takes a while until it is. */
  readonly tellsWhen?: boolean;
}

const ENDS: readonly End[] = [
  { cause: 'leader closed', end: (leader) => leader.close() },
  { cause: 'leader crashed', end: (leader) => leader.crash() },
  {
    cause: 'leader reloaded',
    end: (leader) => leader.reload(),
    begin: () => Promise.resolve(),
    tellsWhen: true,
  },
  {
    cause: 'leader in the back-forward cache',
    end: (leader) => leader.goAway(),
    begin: (leader) => leader.goBack(),
    tellsWhen: true,
  },
  { cause: 'leader frozen', end: (leader) => leader.freeze(), begin: (leader) => leader.thaw() },
  { cause: 'leader silent', end: (leader) => leader.hang(), begin: (leader) => leader.goOn() },
  {
    cause: 'leader silent, all tabs hidden',
    end: (leader) => leader.hang(),
    begin: (leader) => leader.goOn(),
    isUnseen: true,
  },
];

test.each([LOCK, LEASE])(
  'another tab leads when the leader is closed, crashed, reloaded, cached, frozen or silent: $rung',
  async (tested) => {
    const table = tableOf(tested);
    const network = stage.network();
    const browser = await stage.browser();
    const tabs: ChaosTab[] = [];
    while (tabs.length < 3) {
      tabs.push(await ChaosTab.visit(browser, network.origin, tested));
    }
    const conversation = await tabs[0]!.openConversationId();
    let messages = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (const { cause, end, begin, isUnseen = false, tellsWhen = false } of ENDS) {
        if (isUnseen && round % UNSEEN_EVERY !== 1) {
          continue;
        }
        const leader = await leaderOf(tabs);
        const others = tabs.filter((tab) => tab !== leader);
        const elsewhere = isUnseen ? await browser.newTab() : undefined;
        await (elsewhere ?? others[0]!.page).bringToFront();
        const { startMillis, endMillis } = await failOver(cause, () => end(leader));
        await elsewhere?.close();
        await others[0]!.write({ kind: 'say', text: cause });
        await allShowTheLog(stage.gateway, others, conversation, ++messages);
        if (begin) {
          await begin(leader);
        } else {
          tabs.splice(tabs.indexOf(leader), 1, await ChaosTab.visit(browser, network.origin, tested));
        }
        table.add(cause, endMillis - (tellsWhen ? await leader.leftAtMillis() : startMillis));
        await allShowTheLog(stage.gateway, tabs, conversation, messages);
        await oneSocketIsLeft();
      }
    }
  },
  ROUNDS * ROUND_MILLIS_MAX,
);

test(
  'a tab leads when the worker dies, and the worker again when all tabs have gone and others come',
  async () => {
    const table = tableOf(WORKER);
    const network = stage.network();
    const browser = await stage.browser();
    let messages = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const tabs: ChaosTab[] = [];
      while (tabs.length < 3) {
        tabs.push(await ChaosTab.visit(browser, network.origin, WORKER));
      }
      const conversation = await tabs[0]!.openConversationId();
      for (const tab of tabs) {
        await eventually('the worker leads', () => tab.followsWorker());
      }
      await tabs[1]!.page.bringToFront();
      const { startMillis, endMillis } = await failOver('worker ended', async () => {
        expect(await browser.endSharedWorker()).toBe(true);
      });
      table.add('worker ended', endMillis - startMillis);
      await tabs[2]!.write({ kind: 'say', text: 'a tab leads' });
      await allShowTheLog(stage.gateway, tabs, conversation, ++messages);
      await oneSocketIsLeft();
      for (const tab of tabs) {
        await tab.close();
      }
    }
  },
  ROUNDS * ROUND_MILLIS_MAX,
);
