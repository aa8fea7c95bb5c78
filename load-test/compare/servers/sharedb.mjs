// ShareDB with its memory database and memory pub/sub, texts of ot-text-unicode.
import { createServer } from 'node:http';
import WebSocketJSONStream from '@teamwork/websocket-json-stream';
import { type } from 'ot-text-unicode';
import ShareDB from 'sharedb';
import { WebSocketServer } from 'ws';
import { ready } from './ready.mjs';

ShareDB.types.register(type);
const backend = new ShareDB();
const http = createServer();
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

sockets.on('connection', (socket) => backend.listen(new WebSocketJSONStream(socket)));
http.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  ready('sharedb', http.address().port, 'sharedb', 'ot-text-unicode', 'ws'),
);
