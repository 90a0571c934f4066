import postgres from 'postgres';
import type { TestDatabase } from '#test/support/postgres.ts';

/** Does something as the database's superuser, who can move time and look anywhere. */
export async function asOwner<Result>(
  base: TestDatabase,
  work: (sql: postgres.ReservedSql) => Promise<Result> | PromiseLike<Result>,
): Promise<Result> {
  const pool = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  const sql = await pool.reserve();
  try {
    return await work(sql);
  } finally {
    // A pool waits for what is reserved, to the end of its patience.
    sql.release();
    await pool.end({ timeout: 1 });
  }
}
