import postgres from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { approveErasure, requestErasure } from '#server/audit/erase.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, openRoomWith } from '#test/support/rooms.ts';

// What somebody with the application's password might hold on to, so that others wait for it.
const database = useDatabase();
let app: postgres.Sql;

const denied = { code: '42501' };

beforeAll(() => {
  app = postgres(database.appUrl, { max: 2, onnotice: () => {} });
  return () => app.end();
});

/** Runs something while a session of the application's has done this and doesn't end. */
async function whileHolding(statements: string[], run: () => Promise<unknown>): Promise<void> {
  const session = await app.reserve();
  try {
    await session`begin`;
    for (const statement of statements) await session.unsafe(statement);
    await run();
  } finally {
    await session`rollback`;
    await session`select pg_advisory_unlock_all()`;
    session.release();
  }
}

const ADVISORY = ['audit.list_new', 'audit.ensure_partitions'].map(
  (name) => `select pg_advisory_lock(hashtext('${name}'))`,
);

test('the application may take no errand, nor call what does', async () => {
  for (const statement of [
    'select * from audit.errand',
    'select * from audit.errand for update',
    'select * from audit.errand for key share',
    `insert into audit.errand values ('listing')`,
    'delete from audit.errand',
    'do $$ begin lock table audit.errand; end $$',
    'do $$ begin lock table audit.errand in access share mode; end $$',
    'select audit.list_new(1)',
    'select audit.ensure_partitions(12)',
  ]) {
    await expect(app.unsafe(statement), statement).rejects.toMatchObject(denied);
  }
});

test('search and erasure go on, whatever the application holds', async () => {
  const { db } = database;
  const [lead, admin] = [await addOperator(db, ['lead']), await addOperator(db, ['admin'])];
  const room = await openRoomWith(db, { ana: 'listener' });
  await endRoom(db, room, 'platform:test');
  const sequencer = sequencerOptions(database);
  await sequenceAll(sequencer);
  const eraser = openDb({ url: database.eraserUrl, max: 1 });
  try {
    await whileHolding([...ADVISORY, 'select count(*) from audit.event'], async () => {
      const [row] = await sequencer.db.sql`select audit.list_new(10000) as listed`;
      expect(row?.listed).toBeGreaterThan(0);
      await eraser.sql`set statement_timeout = '5s'`;
      const asked = await requestErasure(eraser.sql, { member: 'ana', basis: 'x', by: lead.id });
      const id = asked.ok ? asked.id : '';
      expect(await approveErasure(eraser.sql, { id, by: admin.id })).toMatchObject({ ok: true });
    });
  } finally {
    await eraser.close();
  }
});

test('acts don’t wait behind a new month, though the application reads and doesn’t end', async () => {
  const last = await asOwner(database.ownerUrl, async (sql) => {
    const [row] = await sql<{ name: string }[]>`
        select max(inhrelid::regclass::text) as name from pg_inherits
        where inhparent = 'audit.event'::regclass and inhrelid <> 'audit.event_default'::regclass`;
    await sql.unsafe(`drop table ${row?.name}`);
    return row?.name;
  });
  const { db } = sequencerOptions(database);
  const make = () => db.sql`select audit.ensure_partitions(3) as made`;
  await whileHolding([...ADVISORY, 'select count(*) from audit.event'], async () => {
    const making = expect(make()).rejects.toMatchObject({ code: '55P03' });
    const entry = { action: 'room.locked', outcome: 'accepted', actor: 'system' } as const;
    const written = database.db.begin((tx) =>
      appendAudit(tx, [{ ...entry, occurred_at: Date.now() }]),
    );
    expect(await written).toHaveLength(1);
    await making;
  });
  expect([last, ...(await make())]).toEqual([expect.any(String), { made: 1 }]);
});
