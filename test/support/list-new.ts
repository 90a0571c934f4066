import postgres from 'postgres';
import type { TestDatabase } from '#test/support/postgres.ts';

/**
 * Lists what the sequencer would list in a moment.
 * @returns how many events; null while somebody else is at it
 */
export async function listNew(
  { sequencerUrl }: Pick<TestDatabase, 'sequencerUrl'>,
  most = 10_000,
): Promise<number | null> {
  const sql = postgres(sequencerUrl, { max: 1 });
  const [row] = await sql`select audit.list_new(${most}) as listed`.finally(() => sql.end());
  return row?.listed;
}
