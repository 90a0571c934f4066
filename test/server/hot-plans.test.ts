import { expect, it } from 'vitest';
import { openDb } from '#db/client.ts';
import { execute } from '#server/rooms/execute.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, commandFor, joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const PEOPLE = 60;
const GROWING = ['command', 'disclosure', 'enforcement', 'event', 'outbox', 'room_event'];

it('acts by key, also where tables were vacuumed on the first day, while they were empty', async () => {
  await asOwner(base.ownerUrl, (sql) => sql.unsafe('vacuum analyze'));
  const db = openDb({ url: base.appUrl, max: 1 });
  const { actor } = await addOperator(db, ['lead']);
  const room = await openRoomWith(db, { hoster: 'host' });
  const members = Array.from({ length: PEOPLE }, (_, i) => `crowd-${i}`);
  await ingest(
    db,
    room,
    members.map((member) => joining(member)),
  );
  for (const member of members.slice(0, PEOPLE / 2)) {
    const { answer } = await execute(db, actor, commandFor(room, { name: 'mute', member }));
    expect(answer).toMatchObject({ ok: true });
  }
  // Its sessions say what they have read when they end.
  await db.close();
  const tables = () =>
    asOwner(
      base.ownerUrl,
      (sql) => sql<{ name: string; whole: number; written: number }[]>`
        select relname as name, seq_tup_read::int as whole, n_tup_ins::int as written
        from pg_stat_user_tables where relname like any(${GROWING.map((name) => `${name}%`)})`,
    );
  await expect
    .poll(async () => (await tables()).find(({ name }) => name === 'command')?.written)
    .toBe(PEOPLE / 2);
  expect((await tables()).filter(({ whole }) => whole > 0)).toEqual([]);
});
