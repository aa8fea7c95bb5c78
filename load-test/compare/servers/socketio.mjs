// Rooms on Socket.IO, with its acknowledgements and its in-memory adapter.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { ready } from './ready.mjs';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.on('connection', (socket) => {
  let room;
  socket.on('join', (name, acknowledge) => {
    room = name;
    socket.join(name);
    acknowledge();
  });
  socket.on('o', (operation, acknowledge) => {
    socket.to(room).emit('o', operation);
    acknowledge();
  });
});
http.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => ready('socketio', http.address().port, 'socket.io'));
