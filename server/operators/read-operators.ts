import { sql } from 'drizzle-orm';
import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { OperatorInfo, OperatorsPage } from '#app/domain/access/operators.ts';
import type { Db } from '#db/client.ts';
import { operator } from '#db/schema/operator.ts';
import { listSessions } from '#server/auth/session-list.ts';
import type { Session } from '#server/auth/sessions.ts';

/** Everyone with an account, by name, with where they are signed in; null without the right. */
export async function readOperators(db: Db, asker: Session): Promise<OperatorsPage | null> {
  const { roles } = asker.viewer;
  if (!rolesCan(roles, 'operators.see')) return null;
  const rows = await db.orm.select().from(operator).orderBy(sql`lower(${operator.name})`);
  const ids = rows.map(({ id }) => id);
  const sessions = Map.groupBy(
    await listSessions(db.orm, ids, asker.id),
    ({ operatorId }) => operatorId,
  );
  return {
    operators: rows.map((row): OperatorInfo => {
      const theirs = sessions.get(row.id) ?? [];
      return {
        id: row.id,
        name: row.name,
        roles: row.roles,
        createdAt: row.createdAt.toISOString(),
        disabledAt: row.disabledAt?.toISOString() ?? null,
        sessions: theirs.map(({ operatorId: _, ...session }) => session),
        isYou: row.id === asker.actor.id,
      };
    }),
    mayInvite: rolesCan(roles, 'operators.invite'),
    mayGrant: rolesCan(roles, 'operators.grant'),
    mayDisable: rolesCan(roles, 'operators.disable'),
    mayEndSessions: rolesCan(roles, 'sessions.end'),
  };
}
