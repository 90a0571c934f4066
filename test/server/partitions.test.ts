import { expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { openCohorts } from '#server/incidents/cohort.ts';
import { runAlone } from '#server/jobs/loop.ts';
import { scheduleOf } from '#server/jobs/schedule.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

it("a job makes the log's next months, append-only like the others, and once", async () => {
  const app = buildApp(base.db);
  const jobs = scheduleOf({ app, cohorts: openCohorts(base.db) });
  const job = jobs.find(({ name }) => name === 'make_partitions');
  const months = () =>
    asOwner(
      base,
      (sql) => sql<{ name: string; guards: string }[]>`
        select c.relname as name, string_agg(t.tgname || t.tgenabled::text, ',') as guards
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        left join pg_trigger t on t.tgrelid = c.oid
        where i.inhparent = 'audit.event'::regclass group by 1 order by 1`,
    );
  const before = await months();
  // The default one, this month and the next three.
  expect(before).toHaveLength(5);
  const last = before.at(-2)?.name;
  expect(last).toMatch(/^event_\d{4}_\d\d$/);
  await asOwner(base, (sql) => sql.unsafe(`drop table audit.${last}`));

  const runs = await Promise.all([1, 2].map(() => job && runAlone(base.db, job)));
  expect(runs).toContain(true);
  expect(await months()).toEqual(before);
  expect(before.every(({ guards }) => guards === 'append_onlyA')).toBe(true);
});
