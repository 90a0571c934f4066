import postgres from 'postgres';
import type { TestDatabase } from '#test/support/postgres.ts';

/**
 * What a superuser does who wants nobody to notice: guards off, one change, guards on again as they
 * were.
 */
export async function tamper(
  { ownerUrl }: Pick<TestDatabase, 'ownerUrl'>,
  change: (sql: postgres.TransactionSql) => Promise<unknown>,
): Promise<void> {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    await owner.begin(async (sql) => {
      const guards = await sql<{ on: string; name: string }[]>`
        select tgrelid::regclass::text as on, tgname as name from pg_trigger
        where not tgisinternal and tgenabled = 'A'`;
      for (const guard of guards) {
        await sql.unsafe(`alter table ${guard.on} disable trigger ${guard.name}`);
      }
      await change(sql);
      for (const guard of guards) {
        await sql.unsafe(`alter table ${guard.on} enable always trigger ${guard.name}`);
      }
    });
  } finally {
    await owner.end();
  }
}
