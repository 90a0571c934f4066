import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

const reason = 'Joins the night shift';

describe('the last admin', () => {
  const apart = useDatabase();
  const alone = async (...roles: OperatorRole[]) => ({
    ...(await addOperator(apart.db, roles)),
    isRecent: true,
  });
  const admins = async () =>
    (
      await apart.db.sql`
        select id from operator where disabled_at is null and 'admin' = any (roles)`
    ).length;

  it('stays when two admins remove each other at once, time and again', async () => {
    let [one, other] = [await alone('admin'), await alone('admin')];
    for (let round = 0; round < 10; round++) {
      const what = round % 2 === 0 ? { change: 'disable' } : { change: 'revoke', role: 'admin' };
      const answers = await Promise.all([
        changeOperator(apart.db, one, { ...what, operator: other.id, reason }),
        changeOperator(apart.db, other, { ...what, operator: one.id, reason }),
      ]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers).toContainEqual({ ok: false, reason: 'forbidden' });
      expect(await admins()).toBe(1);
      const left = answers[0]?.ok ? one : other;
      [one, other] = [left, await alone('admin')];
    }
    await changeOperator(apart.db, one, { change: 'disable', operator: other.id, reason });
  });

  it('stays against the command line, which may do everything else', async () => {
    const [row] = await apart.db.sql<{ id: string }[]>`
      select id from operator where disabled_at is null and 'admin' = any (roles)`;
    for (const what of [{ change: 'disable' }, { change: 'revoke', role: 'admin' }]) {
      const answer = await changeOperator(apart.db, COMMAND_LINE, {
        ...what,
        operator: row?.id,
        reason,
      });
      expect(answer).toEqual({ ok: false, reason: 'last_admin' });
    }
  });

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'stays for the database, whatever the application forgets (%s)',
    async (level) => {
      await alone('admin');
      const remove = (id: string) => {
        const sql = postgres(apart.appUrl, { max: 1, onnotice: () => {} });
        return sql
          .begin(`isolation level ${level}`, async (tx) => {
            await tx`select from operator`;
            await new Promise((resolve) => setTimeout(resolve, 50));
            await appendAudit(tx as never, [
              {
                action: 'operator.disabled',
                outcome: 'accepted',
                occurred_at: Date.now(),
                actor: 'system',
                target_type: 'operator',
                target: `operator:${id}`,
              },
            ]);
            await tx`update operator set disabled_at = now() where id = ${id}`;
          })
          .finally(() => sql.end());
      };
      const ids = await apart.db.sql<{ id: string }[]>`
        select id from operator where disabled_at is null and 'admin' = any (roles)`;
      expect(ids.length).toBeGreaterThan(1);
      const done = await Promise.allSettled(ids.map(({ id }) => remove(id)));
      expect(done.some(({ status }) => status === 'rejected')).toBe(true);
      expect(await admins()).toBeGreaterThan(0);
    },
  );
});
