import { createServer } from 'node:http';
import { Server } from 'socket.io';
import type { Frame } from '#app/domain/rooms/frame.ts';

/**
 * A Socket.IO server that does nothing but accept the same clients and say yes: the raw limit.
 * Arguments: the port. Sends a frame to every console for each message it is given.
 */
const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, {
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
});
io.of('/member').on('connection', (socket) => {
  socket.on('join', (ack: (answer: object) => void) => {
    socket.join('room');
    ack({ ok: true });
  });
});
io.of('/console').on('connection', (socket) => void socket.join('room'));
process.on('message', (frame: Frame) =>
  io.of('/console').to('room').emit('room:frame', 'busy', frame),
);
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
http.listen(Number(process.argv[2]), '127.0.0.1');
