import { expect, test } from 'vitest';
import { expectedFingerprint, readFingerprint } from '#server/audit/verify/fingerprint.ts';
import { withSnapshot } from '#server/audit/verify/owner-database.ts';
import { NO_POLICY } from '#server/audit/verify/policy.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';

const database = useDatabase();

test('the shipped fingerprint is that of the migrations; else: npm run fingerprint', async () => {
  const print = await withSnapshot(database.ownerUrl, readFingerprint);
  expect(print).toEqual(expectedFingerprint());
});

test('every month has the guards that the template has', async () => {
  const print = await withSnapshot(database.ownerUrl, readFingerprint);
  const guards = Object.entries(print).filter(([name]) => name.includes('audit.event_<month>'));
  expect(guards.length).toBeGreaterThan(10);
  for (const [name, is] of guards) expect(is, name).not.toContain(' / ');
});

test('a database of an earlier version is incomplete, and one of something else unreadable', async () => {
  const checkWithout = async (table: string) => {
    await asOwner(database, (sql) =>
      sql.unsafe(`alter table audit.${table} rename to gone_${table}`),
    );
    const { verdict, findings } = await verifyDatabase(database.ownerUrl, NO_POLICY);
    return { verdict, what: findings.map(({ what }) => what).join() };
  };
  expect(await checkWithout('correction')).toMatchObject({
    verdict: 'incomplete',
    what: expect.stringContaining('lacks audit.correction: of an earlier version'),
  });
  expect(await checkWithout('event')).toMatchObject({
    verdict: 'unreadable',
    what: expect.stringContaining('this is no database of Rostrum'),
  });
});
