// Rooms on ws: a message goes to the others of its room as it is, its first nine bytes are the answer.
import { WebSocketServer } from 'ws';
import { ready } from './ready.mjs';

const ACKNOWLEDGEMENT = 2;
const HEAD_BYTES = 9;

const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 });

server.on('connection', (socket, request) => {
  const name = request.url;
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on('message', (message) => {
    for (const member of room) {
      if (member !== socket) {
        member.send(message, { binary: true });
      }
    }
    const acknowledgement = Buffer.from(message.subarray(0, HEAD_BYTES));
    acknowledgement[0] = ACKNOWLEDGEMENT;
    socket.send(acknowledgement, { binary: true });
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0) {
      rooms.delete(name);
    }
  });
});
server.on('listening', () => ready('ws', server.address().port, 'ws'));
