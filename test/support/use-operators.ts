import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { startSession } from '#server/auth/sessions.ts';
import type { Asker } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner } from '#test/support/rooms.ts';

/** Operators on a database of their own, for all tests of the file, and changes of them. */
export function useOperators() {
  const base = useDatabase();
  const limits = { idleMinutes: 60, maxHours: 2 };
  const reason = 'Joins the night shift';

  /** An operator who has just signed in. */
  async function signedIn(...roles: OperatorRole[]) {
    const { id, name, actor } = await addOperator(base.db, roles);
    const token = await base.db.begin((tx) => startSession(tx, { kind: 'operator', id }, limits));
    return { actor, isRecent: true, token, id, name };
  }

  const change = (asker: Asker, what: object) =>
    changeOperator(base.db, asker, { reason, ...what });
  const grant = (asker: Asker, operator: string, role: OperatorRole) =>
    change(asker, { change: 'grant', operator, role });
  const revoke = (asker: Asker, operator: string, role: OperatorRole) =>
    change(asker, { change: 'revoke', operator, role });

  const rolesOf = async (id: string) =>
    (await base.db.sql`select roles from operator where id = ${id}`)[0]?.roles;
  const newest = (id: string) =>
    asOwner(base.ownerUrl, async (sql) => {
      const [event] = await sql`
        select e.action, e.outcome, e.actor_ref as actor, (
          select jsonb_object_agg(d.name, d.value::jsonb) from audit.disclosure d
          where d.event_id = e.event_id) as fields
        from audit.event e where e.target_ref = ${`operator:${id}`}
        order by e.event_id desc limit 1`;
      return event;
    });

  return { base, limits, reason, signedIn, change, grant, revoke, rolesOf, newest };
}
