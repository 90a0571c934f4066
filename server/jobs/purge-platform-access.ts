import type { Db } from '#db/client.ts';

/**
 * Deletes webhook deliveries older than 30 days, and host links' uses that expired a day ago; the
 * database does it by its own clock, a batch at a time. Calls counted in minutes that are over go too.
 * @returns how many rows went
 */
export async function purgePlatformAccess(db: Db): Promise<number> {
  await db.sql`delete from call_window where minute < now() - interval '5 minutes'`;
  let purged = 0;
  for (;;) {
    const [batch] = await db.sql<{ rows: number }[]>`
      select deliveries + host_links as rows from purge_platform_access()`;
    if (!batch?.rows) return purged;
    purged += batch.rows;
  }
}
