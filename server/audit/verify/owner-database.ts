import postgres from 'postgres';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { checkDatabaseUrl } from '#db/database-url.ts';

/** A connection in one read-only transaction: everything read is of the same moment. */
export type Snapshot = postgres.ReservedSql<{ int8: number }>;

const int8 = { to: 20, from: [20], serialize: String, parse: Number };

/** Tables a whole check reads. */
const TABLES = [
  'audit.event',
  'audit.disclosure',
  'audit.outbox',
  'audit.leaf',
  'audit.tile',
  'audit.checkpoint',
  'audit.log_key',
  'audit.cosignature',
  'audit.access',
  'audit.listing',
  'audit.correction',
  'public.room',
  'public.participant',
  'public.command',
  'public.operator',
  'public.report',
  'public.member',
  'public.session',
  'public.platform_key',
  'public.webhook_endpoint',
  'public.saved_view',
  'public.policy_version',
];

/**
 * Reads a database as it is at one moment, changing nothing.
 * @param url of an owner, or of a role with pg_read_all_data
 * @throws {TlogError} unreadable when it can't be reached or the role may not read all of it
 */
export async function withSnapshot<Result>(
  url: string,
  work: (sql: Snapshot) => Promise<Result>,
): Promise<Result> {
  checkDatabaseUrl(url, 'The database URL');
  const pool = postgres(url, {
    max: 1,
    types: { int8 },
    prepare: false,
    onnotice: () => {},
    connection: { application_name: 'rostrum audit', TimeZone: 'UTC' },
  });
  let sql: Snapshot | undefined;
  try {
    sql = await pool.reserve();
    await sql`begin isolation level repeatable read read only`;
    await refuseUnlessReadable(sql);
    // The walk goes by key from batch to batch; scanning whole tables each time would not end.
    await sql`set local enable_seqscan = off`;
    await sql`set local enable_hashjoin = off`;
    await sql`set local enable_mergejoin = off`;
    await sql`set local jit = off`;
    return await work(sql);
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof TlogError || typeof code !== 'string') throw error;
    throw new TlogError('unreadable', `the database can't be read: ${(error as Error).message}`);
  } finally {
    // A pool waits for what is reserved, to the end of its patience.
    sql?.release();
    await pool.end({ timeout: 1 });
  }
}

async function refuseUnlessReadable(sql: Snapshot): Promise<void> {
  const rows = await sql<{ name: string; there: boolean; may: boolean | null }[]>`
    select name, to_regclass(name) is not null as there,
      has_table_privilege(to_regclass(name), 'select') as may
    from unnest(${TABLES}::text[]) name`;
  const missing = rows.filter(({ there }) => !there).map(({ name }) => name);
  if (missing.includes('audit.event')) {
    throw new TlogError('unreadable', 'this is no database of Rostrum: it lacks audit.event');
  }
  if (missing.length > 0) {
    throw new TlogError(
      'incomplete',
      `the database lacks ${missing.join(', ')}: of an earlier version, it has to be migrated first`,
    );
  }
  const closed = rows.filter(({ may }) => may !== true).map(({ name }) => name);
  if (closed.length > 0) {
    throw new TlogError(
      'unreadable',
      `this role may not read ${closed.join(', ')}: use an owner's, or one with pg_read_all_data`,
    );
  }
}
