import type { Sql } from './client.ts';

/**
 * Whether the connected role could change the audit log or switch off the triggers that ask for it:
 * as an owner of the tables, or as a superuser.
 */
export async function canAlterLog(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ mighty: boolean }[]>`
    select bool_or(pg_has_role(relowner, 'MEMBER')) as mighty
    from pg_class where oid in ('audit.event'::regclass, 'public.room'::regclass)`;
  return row?.mighty ?? false;
}
