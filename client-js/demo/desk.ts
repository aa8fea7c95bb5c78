import { DeskConversation, Site } from '../src/desk/index.ts';
import { type ConversationHandle, createClient } from '../src/index.ts';
import { type AgentIdentity, agentIdentity, forgetAgent, pickAgent } from './parts/agent-identity.ts';
import { Announcer } from './parts/announcer.ts';
import { ConnectionStatus } from './parts/connection-status.ts';
import { ConversationPanel } from './parts/conversation-panel.ts';
import { demoToken, socketUrl } from './parts/demo-token.ts';
import { byId, setText } from './parts/element.ts';
import { DeskApi } from './parts/desk-api.ts';
import { expose } from './parts/expose.ts';
import { InboxList } from './parts/inbox-list.ts';
import { PageList } from './parts/page-list.ts';
import { People } from './parts/people.ts';
import { SeenTimes } from './parts/seen-times.ts';
import { TemplateSource } from './parts/template-source.ts';
import { VersionsDialog } from './parts/versions-dialog.ts';
import { WaitingList } from './parts/waiting-list.ts';
import { words } from './parts/words.ts';

const TITLE = document.title;

void agentIdentity().then((known) => {
  if (known) {
    work(known);
  } else {
    askWho();
  }
});

function askWho(): void {
  const form = byId('who', HTMLFormElement);
  const name = byId('who-name', HTMLInputElement);
  const begin = async (picked: string): Promise<void> => {
    if (picked.trim() !== '') {
      form.hidden = true;
      work(await pickAgent(picked));
    }
  };
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void begin(name.value);
  });
  for (const button of form.querySelectorAll<HTMLButtonElement>('button[value]')) {
    button.addEventListener('click', () => {
      void begin(button.value);
    });
  }
}

function work(agent: AgentIdentity): void {
  const token = (): Promise<string> => demoToken(agent.role, agent.subject, agent.name);
  const client = createClient({
    url: socketUrl(),
    token,
    name: 'parley-demo-desk',
  });
  const announcer = new Announcer();
  const seen = new SeenTimes(agent.subject);
  const api = new DeskApi(token);
  const versions = new VersionsDialog(api);
  const templates = new TemplateSource(client);
  const inbox = client.inbox();
  let unreadBefore = 0;
  const site = new Site(client);
  const people = new People();
  const counted = (unread: number): void => {
    document.title = unread === 0 ? TITLE : `(${unread}) ${TITLE}`;
    if (unread > unreadBefore) {
      announcer.say(`${unread} ${words.unread}`);
    }
    unreadBefore = unread;
  };
  people.met([{ ...agent, role: 'AGENT' }]);
  const list = new InboxList({ client, site, seen, people, counted });
  const waiting = new WaitingList({
    client,
    site,
    summary: (id) => list.summary(id),
    open: (id) => {
      location.hash = id;
    },
  });
  const none = byId('none', HTMLElement);
  let panel: ConversationPanel | undefined;
  let conversation: ConversationHandle | undefined;

  const show = (id: string): void => {
    panel?.close();
    panel = undefined;
    if (id === '') {
      list.focus();
    }
    conversation = id === '' ? undefined : client.conversation({ id });
    list.select(id);
    document.body.dataset['screen'] = conversation ? 'conversation' : 'list';
    none.hidden = conversation !== undefined;
    if (conversation) {
      const markSeen = (): void => {
        const summary = list.summary(id);
        if (summary && seen.advance(id, summary.lastTimeMillis)) {
          list.draw();
        }
      };
      panel = new ConversationPanel({
        tools: { client, desk: new DeskConversation(conversation), api, versions, templates, people },
        announcer,
        seen: markSeen,
      });
      none.before(panel.root);
      panel.focus();
    }
  };
  inbox.on('update', () => {
    panel?.look();
    waiting.draw();
  });

  setText(byId('agent-name', HTMLElement), agent.role === 'admin' ? `${agent.name} (admin)` : agent.name);
  byId('leave', HTMLButtonElement).addEventListener('click', () => {
    forgetAgent();
    location.assign('desk.html');
  });
  byId('connection', HTMLElement).append(new ConnectionStatus(client).root);
  byId('list', HTMLElement).append(waiting.root, list.root, new PageList(site).root);
  document.body.append(announcer.root, versions.root);
  byId('desk', HTMLElement).hidden = false;
  window.addEventListener('hashchange', () => {
    show(location.hash.slice(1));
  });
  expose({
    client,
    get conversation() {
      return conversation;
    },
    get desk() {
      return conversation && new DeskConversation(conversation);
    },
  });
  client.connect();
  show(location.hash.slice(1));
}
