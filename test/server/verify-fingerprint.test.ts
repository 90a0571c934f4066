import { expect, test } from 'vitest';
import { expectedFingerprint, readFingerprint } from '#server/audit/verify/fingerprint.ts';
import { withSnapshot } from '#server/audit/verify/owner-database.ts';
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
