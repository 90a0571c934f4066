import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { isAnyOf, ormOn } from '#db/orm.ts';
import { command } from '#db/schema/command.ts';
import { cohortKey } from '#db/schema/incident.ts';
import { operator } from '#db/schema/operator.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

async function daysLike(pattern: string): Promise<string[]> {
  const rows = await base.db.orm
    .select({ day: cohortKey.day })
    .from(cohortKey)
    .where(sql`${cohortKey.day} like ${pattern}`)
    .orderBy(cohortKey.day);
  return rows.map(({ day }) => day);
}

describe('drizzle over the raw client', () => {
  it('reads back what it wrote: times, arrays, objects and nulls', async () => {
    const at = new Date('2021-02-06T12:34:56.789Z');
    const row = {
      id: '00000000-0000-4000-8000-000000000001',
      roomId: 'r',
      actorRef: 'system',
      actorName: "O'Neil \\ $1",
      name: 'mute',
      memberId: null,
      input: { reason: 'a "quoted" \u{1f600}', list: [1, null], empty: {} },
      fromSeq: 1,
      toSeq: 2,
      auditEventId: '00000000-0000-4000-8000-000000000002',
      destructive: true,
      undoneBy: null,
      at,
    };
    const back = await base.db
      .begin(async (tx) => {
        // The guard asks for an event that this row would stand for; none is wanted here.
        const orm = ormOn(tx);
        await orm.insert(command).values(row);
        const rows = await orm.select().from(command).where(eq(command.id, row.id));
        const [kind] = await orm
          .select({ kind: sql<string>`jsonb_typeof(${command.input})` })
          .from(command);
        throw Object.assign(new Error('enough'), { rows, kind });
      })
      .catch((error) => error);
    expect(back.rows).toEqual([row]);
    expect(back.kind).toEqual({ kind: 'object' });
    expect(await base.db.orm.select().from(command)).toEqual([]);
  });

  it('leaves the raw client its own ways', async () => {
    const [row] = await base.db.sql`
      select now() as at, 1::int8 as big, ${base.db.sql.json({ a: 1 })} as json, ${['x']}::text[] as list`;
    expect(row).toEqual({ at: expect.any(Date), big: 1, json: { a: 1 }, list: ['x'] });
  });

  it('takes a list of any length, also none, in one statement', async () => {
    const find = (values: string[]) =>
      base.db.orm.select().from(cohortKey).where(isAnyOf(cohortKey.day, values));
    await base.db.orm.insert(cohortKey).values([
      { day: 'list-1', key: 'k' },
      { day: 'list-2', key: 'k' },
    ]);
    expect(await find([])).toEqual([]);
    expect(await find(['list-1', 'none'])).toHaveLength(1);
    expect(await find(['list-1', 'list-2'])).toHaveLength(2);
    const [one, two] = [find(['a']).toSQL(), find(['a', 'b']).toSQL()];
    expect(one.sql).toBe(two.sql);
  });

  it('throws what Postgres said, and quotes no parameter', async () => {
    const twice = base.db.orm.insert(cohortKey).values([
      { day: 'twice', key: 'secret' },
      { day: 'twice', key: 'secret' },
    ]);
    const error = await twice.catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'PostgresError', code: '23505' });
    expect(`${error.message} ${error.stack}`).not.toContain('secret');
  });
});

describe('drizzle in a transaction', () => {
  it('commits with it', async () => {
    await base.db.begin((tx) => ormOn(tx).insert(cohortKey).values({ day: 'tx-1', key: 'k' }));
    expect(await daysLike('tx-%')).toEqual(['tx-1']);
  });

  it('rolls back with it', async () => {
    const failing = base.db.begin(async (tx) => {
      await ormOn(tx).insert(cohortKey).values({ day: 'back-1', key: 'k' });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await daysLike('back-%')).toEqual([]);
  });

  it('meets the guards at commit', async () => {
    const failing = base.db.begin((tx) =>
      ormOn(tx)
        .insert(operator)
        .values({ name: 'x', roles: ['admin'] }),
    );
    await expect(failing).rejects.toMatchObject({ code: '23000' });
  });

  it('writes nothing by itself once the connection is cut, and the process lives on', async () => {
    for (let round = 0; round < 5; round++) {
      const failing = base.db.begin(async (tx) => {
        const orm = ormOn(tx);
        await orm.insert(cohortKey).values({ day: 'cut-1', key: 'k' });
        await orm.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {});
        await orm.insert(cohortKey).values({ day: 'cut-2', key: 'k' });
      });
      await expect(failing).rejects.toThrow();
    }
    await base.db.begin((tx) => ormOn(tx).insert(cohortKey).values({ day: 'cut-3', key: 'k' }));
    expect(await daysLike('cut-%')).toEqual(['cut-3']);
  });
});
