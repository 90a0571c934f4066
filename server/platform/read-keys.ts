import { asc, desc, sql } from 'drizzle-orm';
import type { KeyRow } from '#app/domain/platform/view.ts';
import type { Db } from '#db/client.ts';
import { platformKey } from '#db/schema/platform-key.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { maySeePlatform } from './admin.ts';

/** Ended keys that are still shown. */
const MOST = 500;

/** Every key, those that hold first, then the newest; null for whoever may not see them. */
export async function readKeys(db: Db, actor: Actor): Promise<KeyRow[] | null> {
  if (!(await maySeePlatform(db, actor))) return null;
  const hasEnded = sql`(${platformKey.revokedAt} is not null
    or coalesce(${platformKey.expiresAt} <= now(), false))`;
  const rows = await db.orm
    .select()
    .from(platformKey)
    .orderBy(asc(hasEnded), desc(platformKey.createdAt), asc(platformKey.id))
    .limit(MOST);
  return rows.map(({ id, name, scopes, callsPerMinute, replacedBy, ...row }) => ({
    id,
    name,
    scopes,
    callsPerMinute,
    replacedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}
