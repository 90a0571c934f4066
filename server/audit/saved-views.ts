import { randomUUID } from 'node:crypto';
import { and, asc, count, eq, or, sql } from 'drizzle-orm';
import type { SavedView } from '#app/domain/audit/view.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import { savedView } from '#db/schema/saved-view.ts';
import { appendAudit } from './entry.ts';

const LONGEST_NAME = 60;
const LONGEST_SEARCH = 1_000;
const MOST_EACH = 100;

/** Views of the log that an operator made or that are the team's, by name. */
export async function listViews({ orm }: Db, operatorId: string): Promise<SavedView[]> {
  return orm
    .select({
      id: savedView.id,
      name: savedView.name,
      isTeam: savedView.isTeam,
      isMine: sql<boolean>`${savedView.operatorId} = ${operatorId}::uuid`,
      by: sql<string>`coalesce(${operator.name}, '')`,
      search: savedView.search,
    })
    .from(savedView)
    .leftJoin(operator, eq(operator.id, savedView.operatorId))
    .where(
      and(
        eq(savedView.screen, 'log'),
        or(eq(savedView.isTeam, true), eq(savedView.operatorId, operatorId)),
      ),
    )
    .orderBy(asc(sql`lower(${savedView.name})`), asc(savedView.id));
}

/**
 * Keeps a view under a name of 1–60 characters, on the record.
 * @returns whether it was kept: not without a name, with a longer one, or beyond 100 of one's own
 */
export async function saveView(
  db: Db,
  operatorId: string,
  { name, isTeam, search }: Pick<SavedView, 'name' | 'isTeam' | 'search'>,
): Promise<boolean> {
  const given = name.trim();
  const isBad = (text: string, most: number) => text.length > most || text.includes('\0');
  if (given === '' || isBad(given, LONGEST_NAME) || isBad(search, LONGEST_SEARCH)) return false;
  return db.begin(async (tx) => {
    const orm = ormOn(tx);
    const [own] = await orm
      .select({ number: count() })
      .from(savedView)
      .where(eq(savedView.operatorId, operatorId));
    if ((own?.number ?? 0) >= MOST_EACH) return false;
    const id = randomUUID();
    await note(tx, 'saved_view.made', operatorId, { id, name: given, isTeam, search });
    await orm
      .insert(savedView)
      .values({ id, screen: 'log', operatorId, name: given, isTeam, search });
    return true;
  });
}

/** Deletes a view of one's own, on the record. @returns whether there was one */
export async function deleteView(db: Db, operatorId: string, id: string): Promise<boolean> {
  return db.begin(async (tx) => {
    const [gone] = await ormOn(tx)
      .delete(savedView)
      .where(and(eq(sql`${savedView.id}::text`, id), eq(savedView.operatorId, operatorId)))
      .returning({
        id: savedView.id,
        name: savedView.name,
        isTeam: savedView.isTeam,
        search: savedView.search,
      });
    if (!gone) return false;
    await note(tx, 'saved_view.deleted', operatorId, gone);
    return true;
  });
}

async function note(
  tx: Transaction,
  action: 'saved_view.made' | 'saved_view.deleted',
  operatorId: string,
  { id, ...view }: Pick<SavedView, 'id' | 'name' | 'isTeam' | 'search'>,
): Promise<void> {
  const actor = `operator:${operatorId}`;
  await appendAudit(tx, [
    {
      action,
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor,
      target_type: 'saved_view',
      target: `saved_view:${id}`,
      fields: [{ name: action.endsWith('made') ? 'after' : 'before', value: view, subject: actor }],
    },
  ]);
}
