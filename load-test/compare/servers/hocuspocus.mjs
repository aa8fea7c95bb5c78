// Hocuspocus as it is, without extensions: nothing is stored.
import { Server } from '@hocuspocus/server';
import { ready } from './ready.mjs';

const server = new Server({ address: '127.0.0.1', port: 0, quiet: true });

await server.listen();
ready('hocuspocus', server.address.port, '@hocuspocus/server', 'yjs');
