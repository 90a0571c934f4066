import { expect, it } from 'vitest';
import { openSequencer } from '#server/audit/sequencer/sequencer.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { makeFolder, sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

it("sequencers make the log's next months, append-only like the others, and once", async () => {
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

  const dataDir = makeFolder();
  const several = [sequencerOptions(base, dataDir), sequencerOptions(base, dataDir)];
  const running = several.map((options) => openSequencer(options));
  await expect.poll(months).toEqual(before);
  await Promise.all(running.map((each) => each.stop()));
  expect(await months()).toEqual(before);
  expect(several.flatMap(({ complaints }) => complaints)).toEqual([]);
  expect(before.every(({ guards }) => guards === 'append_onlyA')).toBe(true);
});
