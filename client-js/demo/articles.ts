import { DeskConversation } from '../src/desk/index.ts';
import { createClient } from '../src/index.ts';
import { type AgentIdentity, agentIdentity } from './parts/agent-identity.ts';
import { ArticleList } from './parts/article-list.ts';
import { ArticlePanel } from './parts/article-panel.ts';
import { ConnectionStatus } from './parts/connection-status.ts';
import { demoToken, socketUrl } from './parts/demo-token.ts';
import { DeskApi } from './parts/desk-api.ts';
import { byId, setText } from './parts/element.ts';
import { expose } from './parts/expose.ts';
import { VersionsDialog } from './parts/versions-dialog.ts';

void agentIdentity().then((agent) => {
  if (agent) {
    work(agent);
  } else {
    location.replace('desk.html');
  }
});

function work(agent: AgentIdentity): void {
  const token = (): Promise<string> => demoToken(agent.role, agent.subject, agent.name);
  const client = createClient({ url: socketUrl(), token, name: 'parley-demo-articles' });
  const versions = new VersionsDialog(new DeskApi(token));
  const none = byId('none', HTMLElement);
  let panel: ArticlePanel | undefined;
  const list = new ArticleList(client);

  const show = (): void => {
    const id = location.hash.slice(1);
    panel?.close();
    panel = id === '' ? undefined : new ArticlePanel(new DeskConversation(client.conversation({ id })), versions);
    list.select(id);
    none.hidden = panel !== undefined;
    document.body.dataset['screen'] = panel ? 'conversation' : 'list';
    if (panel) {
      none.before(panel.root);
    }
  };

  setText(byId('agent-name', HTMLElement), agent.name);
  byId('connection', HTMLElement).append(new ConnectionStatus(client).root);
  byId('list', HTMLElement).append(list.root);
  document.body.append(versions.root);
  window.addEventListener('hashchange', show);
  expose({
    client,
    get conversation() {
      return panel?.desk.handle;
    },
    get desk() {
      return panel?.desk;
    },
  });
  client.connect();
  show();
}
