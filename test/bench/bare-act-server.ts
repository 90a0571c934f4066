import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import postgres from 'postgres';
import { Server } from 'socket.io';

/**
 * One bare commit between two bare socket hops: the raw limit of an act's way to other screens.
 * Arguments: the port; the database is in `BARE_DATABASE_URL`.
 */
const sql = postgres(process.env.BARE_DATABASE_URL as string, { max: 4 });
const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, { serveClient: false });
io.on('connection', (socket) => {
  socket.on('act', async (id: number) => {
    await sql.begin((tx) => [
      tx`update bare_row set muted = not muted, at = now() where id = ${id}`,
      tx`insert into bare_log values (${randomUUID()}, ${id}, now(), 'Talking over others')`,
    ]);
    socket.broadcast.emit('mark', id);
  });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
http.listen(Number(process.argv[2]), '127.0.0.1');
