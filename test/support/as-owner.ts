import postgres from 'postgres';
import type { TestDatabase } from '#test/support/postgres.ts';

/** Does something as the database's superuser, who can move time and look anywhere. */
export async function asOwner<Result>(
  base: TestDatabase,
  work: (sql: postgres.ReservedSql) => Promise<Result> | PromiseLike<Result>,
): Promise<Result> {
  const pool = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  try {
    return await work(await pool.reserve());
  } finally {
    await pool.end({ timeout: 1 });
  }
}
