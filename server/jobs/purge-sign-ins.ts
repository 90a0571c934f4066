import type { Db } from '#db/client.ts';

/**
 * Deletes sessions and sign-in links that ended or expired more than 30 days ago; the database does
 * it by its own clock, a batch at a time, and on the record.
 * @returns how many rows went
 */
export async function purgeSignIns(db: Db): Promise<number> {
  let purged = 0;
  for (;;) {
    const [batch] = await db.sql<{ rows: number }[]>`
      select sessions + sign_in_links as rows from purge_sign_ins()`;
    if (!batch?.rows) return purged;
    purged += batch.rows;
  }
}
