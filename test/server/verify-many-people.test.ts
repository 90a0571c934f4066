import { expect, it } from 'vitest';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { NO_POLICY } from '#server/audit/verify/policy.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { appendManyEvents } from '#test/support/many-events.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const EVENTS = 3_000;
const PEOPLE = 400;
const ROOMS = 40;
/** How often the whole log may be read for a check of it. */
const OFTEN = 100;

it('reads the log a number of times that does not grow with people and rooms', async () => {
  for (let n = 0; n < ROOMS; n++) {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const members = Array.from({ length: PEOPLE / ROOMS }, (_, i) => `crowd-${n}-${i}`);
    await ingest(
      base.db,
      room,
      members.map((member) => joining(member)),
    );
  }
  await appendManyEvents(base.ownerUrl, EVENTS, { members: 40, rooms: 12 });
  await sequenceAll(sequencerOptions(base));
  const read = () =>
    asOwner(base, async (sql) => {
      const [row] = await sql<{ rows: number }[]>`
        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
        from pg_stat_user_tables where schemaname = 'audit' and relname like 'event%'`;
      return row?.rows ?? 0;
    });
  const before = await read();
  expect(await verifyDatabase(base.ownerUrl, NO_POLICY)).toMatchObject({ verdict: 'sound' });
  await expect.poll(read).toBeGreaterThan(before + EVENTS);
  expect((await read()) - before).toBeLessThan(OFTEN * EVENTS);
}, 60_000);
