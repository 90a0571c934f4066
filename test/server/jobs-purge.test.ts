import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { purgeEnded } from '#server/jobs/purge.ts';
import { purgeSignIns } from '#server/jobs/purge-sign-ins.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRoomFacts } from '#test/support/room-facts.ts';
import { act, addOperator, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const { types } = useRoomFacts(base);
const MINUTE = 60_000;

describe('the purge', () => {
  it('takes ended rooms after the delay, and none that a report holds', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const plain = await openRoomWith(base.db, { ann: 'host' });
    const live = await openRoomWith(base.db, { ann: 'host' });
    const pinned = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
    const reported = { name: 'report', member: 'bob', category: 'hate', text: 'as heard' };
    expect(await act(base.db, actor, pinned, reported)).toMatchObject({ ok: true });
    const away = await openRoomWith(base.db, { ann: 'host' });
    for (const room of [plain, pinned, away]) await endRoom(base.db, room, 'platform:test');
    const observed = base.db.sql`
      update enforcement set state = 'observed' where room_id = any(${[plain, pinned]})`;
    expect((await observed).count).toBe(2);

    expect(await purgeEnded(base.db, Date.now() + MINUTE, 2 * MINUTE)).toBe(0);
    const later = Date.now() + 3 * MINUTE;
    const both = await Promise.all([1, 2].map(() => purgeEnded(base.db, later, 2 * MINUTE)));
    expect(both.reduce((sum, one) => sum + one)).toBe(1);
    expect(await types(plain)).toEqual([]);
    expect(await types(live)).not.toEqual([]);
    expect(await types(pinned)).not.toEqual([]);
    // Its end has not been enforced yet.
    expect(await types(away)).not.toEqual([]);
    expect(await purgeEnded(base.db, later + 24 * 60 * MINUTE, 2 * MINUTE)).toBe(1);
    expect(await types(away)).toEqual([]);
  });
});

describe('sessions and sign-in links', () => {
  it('go a month after their end, counted on the record, and no sooner', async () => {
    const id = randomUUID();
    await base.db.sql.begin(async (tx) => {
      const days = (count: number) => tx`now() - make_interval(days => ${count})`;
      for (const [table, end] of [
        ['session', 'ended_at'],
        ['sign_in_link', 'used_at'],
      ] as const) {
        await tx`
          insert into ${tx(table)} (token_hash, operator_id, ${tx(end)}, expires_at) values
            ('expired', ${id}, null, ${days(31)}), ('ended', ${id}, ${days(31)}, ${days(-1)}),
            ('young', ${id}, ${days(29)}, ${days(-1)}), ('live', ${id}, null, ${days(-1)})`;
      }
      await appendAudit(tx, [
        {
          action: 'session.started',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target: `operator:${id}`,
        },
      ]);
    });
    const left = async (table: string) =>
      (
        await base.db
          .sql`select token_hash from ${base.db.sql(table)} where operator_id = ${id} order by 1`
      ).map(({ token_hash }) => token_hash);

    expect(await purgeSignIns(base.db)).toBe(4);
    expect(await left('session')).toEqual(['live', 'young']);
    expect(await left('sign_in_link')).toEqual(['live', 'young']);
    expect(await purgeSignIns(base.db)).toBe(0);
    const log = await asOwner(
      base,
      (sql) => sql`
        select e.actor_ref, d.value::jsonb as destroyed from audit.event e
        join audit.disclosure d on d.event_id = e.event_id and d.name = 'destroyed'
        where e.action = 'session.purged'`,
    );
    expect([...log]).toEqual([
      { actor_ref: 'system', destroyed: { sessions: 2, sign_in_links: 2 } },
    ]);
    await expect(base.db.sql`delete from session`).rejects.toThrow('permission denied');
  });
});
