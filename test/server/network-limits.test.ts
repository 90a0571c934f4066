import { afterAll, beforeAll, expect, it } from 'vitest';
import { useDatabase } from '#test/support/postgres.ts';
import { openRoomWith } from '#test/support/rooms.ts';
import { eventually, startServer } from '#test/support/server.ts';

const base = useDatabase();
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  const networkLimits = { opened: 12, waiting: 3 };
  server = await startServer(base, { trustProxy: 1, networkLimits });
});
afterAll(() => server?.close());

const from = (address: string) => ({ extraHeaders: { 'X-Forwarded-For': address } });

it('lets a network wait with so many connections, and never counts who joined', async () => {
  const room = await openRoomWith(base.db, { hoster: 'host' });
  const open = (name: string, address = '192.0.2.7') =>
    server.member(server.tokenFor(room, name), from(address));
  const [first, second] = await Promise.all(['a', 'b', 'c'].map((name) => open(name)));

  await expect(open('d')).rejects.toThrow();
  await open('e', '192.0.2.8');

  expect(await first?.emitWithAck('join')).toMatchObject({ ok: true });
  const joined = await open('f');
  expect(await joined.emitWithAck('join')).toMatchObject({ ok: true });
  const waiting = await open('g');
  await expect(open('h')).rejects.toThrow();

  // Who leaves the room waits again; who hangs up does not.
  waiting.disconnect();
  second?.disconnect();
  await joined.emitWithAck('leave');
  await eventually(
    () => open('i').catch(() => null),
    (socket) => socket !== null,
  );
  await expect(open('j')).rejects.toThrow();
});

it('lets a network open so many in a minute', async () => {
  const room = await openRoomWith(base.db, { hoster: 'host' });
  const open = (address: string) =>
    server.member(server.tokenFor(room, 'a'), from(address)).then((socket) => socket.disconnect());
  for (let time = 0; time < 12; time++) await open(`2001:db8::${time}`);
  await expect(open('2001:db8::ffff')).rejects.toThrow();
  await open('2001:db8:0:1::1');
});
