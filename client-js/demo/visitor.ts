import { createClient } from '../src/index.ts';
import { ChatWidget } from './parts/chat-widget.ts';
import { demoToken, socketUrl } from './parts/demo-token.ts';
import { expose } from './parts/expose.ts';
import { visitorIdentity } from './parts/visitor-identity.ts';

const { subject, name } = visitorIdentity();
const client = createClient({
  url: socketUrl(),
  token: () => demoToken('visitor', subject, name),
  name: 'parley-demo-visitor',
});
const conversation = client.conversation({ name: 'chat' });
const chat = new ChatWidget(client, conversation, name);
document.body.append(chat.root);

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-product]')) {
  button.addEventListener('click', () => {
    chat.open(`I have a question about the ${button.dataset['product'] ?? ''}: `);
  });
}

client.visit(location.pathname, document.title);
expose({ client, conversation });
client.connect();
