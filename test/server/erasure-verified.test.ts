import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, openDb } from '#db/client.ts';
import { approveErasure, requestErasure } from '#server/audit/erase.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { liveALittle } from '#test/support/lived-log.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

const base = useDatabase();
let eraser: Db;
beforeAll(() => {
  eraser = openDb({ url: base.eraserUrl, max: 1 });
});
afterAll(() => eraser.close());

it('verify says sound before an erasure and after it, and tampered when a count is wrong', async () => {
  const log = await liveALittle(base, makeFolder());
  const check = () => verifyDatabase(base.ownerUrl, log.policy);
  await endRoom(base.db, log.room, 'platform:test');
  await log.sequence();
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });

  const [ada, bo] = [await addOperator(base.db, ['lead']), await addOperator(base.db, ['admin'])];
  const asked = await requestErasure(eraser.sql, { member: 'ana', basis: 'Art. 17', by: ada.id });
  const id = asked.ok ? asked.id : '';
  const erased = await approveErasure(eraser.sql, { id, by: bo.id });
  expect(erased).toMatchObject({ ok: true, again: false });
  await log.sequence();
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });

  // One more field taken in the erasure's name.
  await asOwner(base, async (sql) => {
    await sql`alter table audit.disclosure disable trigger only_erased`;
    await sql`
      update audit.disclosure set digest = audit.field_digest(salt, name, value), salt = null,
        value = null, erased_at = now(), erased_by = ${erased.ok ? erased.event : ''}
      where event_id = ${await log.newest('participant.removed')} and name = 'reason'`;
    await sql`alter table audit.disclosure enable always trigger only_erased`;
  });
  const report = await check();
  expect(report.verdict).toBe('tampered');
  expect(report.findings.map(({ event }) => event)).toEqual([erased.ok ? erased.event : '']);
});
