import { expect, test } from 'vitest';
import { cloneDatabase } from '#test/support/postgres.ts';

test('clones are separate, opened as the application, and gone afterwards', async () => {
  const [one, two] = await Promise.all([cloneDatabase(), cloneDatabase()]);
  const who = await one.db.sql`select current_user as role, current_database() as name`;
  const other = await two.db.sql`select current_database() as name`;
  expect(who[0]?.role).toBe('rostrum_app');
  expect(who[0]?.name).not.toBe(other[0]?.name);
  await one.drop();
  const left = await two.db.sql`select 1 from pg_database where datname = ${who[0]?.name}`;
  expect(left).toHaveLength(0);
  await two.drop();
});
