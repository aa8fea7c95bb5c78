import { createClient } from '../src/index.ts';
import { Notifier } from '../src/notify/index.ts';
import { ChatWidget } from './parts/chat-widget.ts';
import { demoToken, socketUrl } from './parts/demo-token.ts';
import { expose } from './parts/expose.ts';
import { linkButton } from './parts/link-button.ts';
import { notifyButton } from './parts/notify-button.ts';
import { tabsOption } from './parts/tabs-option.ts';
import { newVisitorIdentity, visitorIdentity } from './parts/visitor-identity.ts';
import { words } from './parts/words.ts';

const { subject, name } = visitorIdentity();
const client = createClient({
  url: socketUrl(),
  token: () => demoToken('visitor', subject, name),
  name: 'parley-demo-visitor',
  tabs: tabsOption(),
});
const conversation = client.conversation({ name: 'chat' });
const somebodyElse = linkButton(words.beSomebodyElse, 'somebody-else', () => {
  newVisitorIdentity();
  void client.signOut();
});
const chat = new ChatWidget(
  client,
  conversation,
  name,
  [notifyButton(), somebodyElse].filter((tool) => tool !== undefined),
);
document.body.append(chat.root);

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-product]')) {
  button.addEventListener('click', () => {
    chat.open(`I have a question about the ${button.dataset['product'] ?? ''}: `);
  });
}

new Notifier(client, conversation, {
  words: ({ author, text }) => ({ title: author.name, body: text }),
});
client.on('state', (state) => {
  // In this tab or another one: the page begins anew, as whoever the browser belongs to now.
  if (state.name === 'closed' && state.reason === 'SIGNED_OUT') {
    location.reload();
  }
});
client.visit(location.pathname, document.title);
expose({ client, conversation });
client.connect();
