import postgres from 'postgres';
import { expect, it } from 'vitest';
import { openDb } from '#db/client.ts';
import { approveErasure, requestErasure } from '#server/audit/erase.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { listNew } from '#test/support/list-new.ts';
import { liveALittle } from '#test/support/lived-log.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator } from '#test/support/rooms.ts';

const base = useDatabase();

/** Sessions that wait for a lock. */
const waiting = () =>
  asOwner(base, async (sql) => {
    const [row] = await sql<{ n: number }[]>`
      select count(*) as n from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    return Number(row?.n);
  });

it('words are erased also while somebody lists them, or would list them anew', async () => {
  const log = await liveALittle(base, makeFolder());
  const [lead, admin] = [
    await addOperator(base.db, ['lead']),
    await addOperator(base.db, ['admin']),
  ];
  for (const [member, reason] of [
    ['ben', 'Kestrels, loudly'],
    ['cem', 'Herons, loudly'],
  ]) {
    const mute = { name: 'mute', member, reason };
    expect(await act(base.db, lead.actor, log.room, mute)).toMatchObject({ ok: true });
  }
  await endRoom(base.db, log.room, 'platform:test');
  await log.sequence();
  const found = async (words: string) => (await readAuditList(base.db, { words })).rows.length;
  expect([await found('herons'), await found('loudly')]).toEqual([1, 2]);

  const eraser = openDb({ url: base.eraserUrl, max: 1 });
  const lister = postgres(base.sequencerUrl, { max: 2 });
  const old = await lister.reserve();
  try {
    await old`begin isolation level repeatable read`;
    await old`select count(*) from audit.leaf`;
    const asked = await requestErasure(eraser.sql, {
      member: 'cem',
      basis: 'Art. 17',
      by: lead.id,
    });
    let approved: Promise<unknown> | undefined;
    await lister.begin(async (tx) => {
      await tx`select audit.list_new(10000)`;
      approved = approveErasure(eraser.sql, { id: asked.ok ? asked.id : '', by: admin.id });
      await expect.poll(waiting).toBe(1);
    });
    expect(await approved).toMatchObject({ ok: true });
    await expect(old`select audit.list_new(10000)`).rejects.toMatchObject({ code: '25000' });
  } finally {
    old.release();
    await Promise.all([eraser.close(), lister.end({ timeout: 1 })]);
  }
  await log.sequence();
  await listNew(base);
  expect([await found('herons'), await found('loudly'), await found('kestrels')]).toEqual([
    0, 1, 1,
  ]);
  const words = await asOwner(
    base,
    (sql) => sql`
      select word, events::int from audit.word where word in ('herons', 'loudly') order by 1`,
  );
  expect([...words]).toEqual([{ word: 'loudly', events: 1 }]);
  expect(await verifyDatabase(base.ownerUrl, log.policy)).toMatchObject({
    verdict: 'sound',
    findings: [],
  });
});
