import { describe, expect, it } from 'vitest';
import { openDb, type Transaction } from '#db/client.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { asOwner } from '#test/support/rooms.ts';

const base = useDatabase();
const day = (n: number) => `day-${n}`;

function insert(tx: Transaction, n: number) {
  return tx`insert into cohort_key (day, key) values (${day(n)}, 'k')`.execute();
}

async function days(from: number) {
  const rows = await base.db.sql`select day from cohort_key where day >= ${day(from)} order by day`;
  return rows.map((row) => row.day);
}

describe('a transaction whose commit travels with its writes', () => {
  it('commits them', async () => {
    const value = await base.db.transact(async (tx) => ({
      value: 1,
      writes: insert(tx, 100),
    }));
    expect(value).toBe(1);
    expect(await days(100)).toEqual([day(100)]);
  });

  it('rolls all back when one fails, and tells which', async () => {
    const failing = base.db.transact(async (tx) => ({
      value: 1,
      writes: Promise.all([insert(tx, 200), insert(tx, 200), insert(tx, 201)]),
    }));
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await days(200)).toEqual([]);
  });

  it('throws what a deferred trigger says at commit', async () => {
    const failing = base.db.transact(async (tx) => ({
      value: 1,
      writes: tx`insert into operator (name, roles) values ('x', '{admin}')`.execute(),
    }));
    await expect(failing).rejects.toMatchObject({ code: '23000' });
  });

  it('rolls back when the work throws', async () => {
    const failing = base.db.transact(async (tx) => {
      await insert(tx, 300);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await days(300)).toEqual([]);
  });

  it('outlives connections that are cut in the middle, again and again', async () => {
    const db = openDb({ url: base.appUrl, max: 2 });
    const cut = () =>
      asOwner(
        base.ownerUrl,
        (sql) => sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'rostrum_app' and datname = current_database() and query like '%cut me%'`,
      );
    for (let round = 0; round < 5; round++) {
      const failing = db.transact(async (tx) => {
        await tx`select 'cut me'`;
        await cut();
        return { value: 1, writes: insert(tx, 400) };
      });
      await expect(failing).rejects.toThrow();
    }
    const fine = await Promise.all(
      [500, 501, 502, 503].map((n) =>
        db.transact(async (tx) => ({ value: n, writes: insert(tx, n) })),
      ),
    );
    expect(fine).toEqual([500, 501, 502, 503]);
    expect(await days(400)).toEqual([day(500), day(501), day(502), day(503)]);
    await db.close();
  });

  it('runs nothing of a transaction whose connection is cut while its writes wait', async () => {
    const db = openDb({ url: base.appUrl, max: 1 });
    for (let round = 0; round < 5; round++) {
      const failing = db.transact(async (tx) => ({
        value: 1,
        writes: Promise.all([
          tx`select pg_terminate_backend(pg_backend_pid()), ${'not'}::text, ${round}::int`.execute(),
          insert(tx, 600),
          insert(tx, 601),
        ]),
      }));
      await expect(failing).rejects.toThrow();
    }
    await db.transact(async (tx) => ({ value: 1, writes: insert(tx, 602) }));
    expect(await days(600)).toEqual([day(602)]);
    await db.close();
  });

  it('lives on when work of many steps loses its connection between two of them', async () => {
    const db = openDb({ url: base.appUrl, max: 2 });
    for (let round = 0; round < 5; round++) {
      const failing = db.begin(async (tx) => {
        await insert(tx, 700);
        await tx`select pg_terminate_backend(pg_backend_pid())`;
      });
      await expect(failing).rejects.toThrow();
    }
    expect(await db.begin((tx) => insert(tx, 701).then(() => 'done'))).toBe('done');
    expect(await days(700)).toEqual([day(701)]);
    await db.close();
  });

  it('runs nothing by itself when the database has lost the plan of a write', async () => {
    const db = openDb({ url: base.appUrl, max: 1 });
    const doing = (n: number) => db.transact(async (tx) => ({ value: n, writes: insert(tx, n) }));
    const losing = (which: string) =>
      db.begin(async (tx) => {
        const plans = await tx<{ name: string }[]>`
          select name from pg_prepared_statements where statement like ${which}`;
        for (const { name } of plans) await tx.unsafe(`deallocate "${name}"`);
      });
    await doing(800);
    await losing('insert into cohort_key%');
    await expect(doing(801)).rejects.toMatchObject({ code: '26000' });
    await losing('insert into cohort_key%');
    const changing = db.transact(async (tx) => {
      insert(tx, 802).catch(() => {});
      throw new Error('changed my mind');
    });
    await expect(changing).rejects.toThrow('changed my mind');
    expect(await days(801)).toEqual([]);
    // It is planned anew by itself.
    await doing(803);
    await losing('%');
    await expect(doing(804)).rejects.toMatchObject({ code: '26000' });
    await doing(805);
    expect(await days(801)).toEqual([day(803), day(805)]);
    await db.close();
  });

  it('gives every connection back: more transactions than connections, at once', async () => {
    const db = openDb({ url: base.appUrl, max: 2 });
    const all = Array.from({ length: 50 }, (_, n) => {
      const fails = n % 5 === 0;
      return db
        .transact(async (tx) => ({
          value: n,
          writes: fails ? tx`select 1 / 0`.execute() : tx`select 1`.execute(),
        }))
        .catch(() => -1);
    });
    const values = await Promise.all(all);
    expect(values.filter((value) => value === -1)).toHaveLength(10);
    await db.close();
  });
});
