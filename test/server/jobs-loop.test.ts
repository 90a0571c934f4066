import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inTurn } from '#server/jobs/in-turn.ts';
import { openLoop, runAlone } from '#server/jobs/loop.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { eventually } from '#test/support/server.ts';

const base = useDatabase();

const silent = { error: () => {} };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('in turn', () => {
  it('what fails for one does not stop the others, and is not hidden', async () => {
    const done: number[] = [];
    const run = async (item: number) => {
      if (item === 2) throw new Error('two');
      done.push(item);
    };
    await expect(inTurn([1, 2, 3], run)).rejects.toThrow('two');
    expect(done).toEqual([1, 3]);
  });
});

describe('the loop', () => {
  it('runs a job in one process at a time', async () => {
    let runs = 0;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const job = {
      name: 'alone',
      everyMs: 1_000,
      run() {
        runs++;
        return ended;
      },
    };
    const answers: boolean[] = [];
    const three = [1, 2, 3].map(async () => answers.push(await runAlone(base.db, job)));
    await eventually(
      () => answers,
      (those) => those.length === 2,
    );
    expect(answers).toEqual([false, false]);
    end();
    await Promise.all(three);
    expect(answers).toEqual([false, false, true]);
    expect(runs).toBe(1);
    expect(await runAlone(base.db, job)).toBe(true);
  });

  it('holds no transaction open while a job waits', async () => {
    const waiting = () =>
      asOwner(
        base,
        (sql) => sql<{ count: number }[]>`
      select count(*)::int from pg_stat_activity
      where datname = current_database() and usename = 'rostrum_app' and xact_start is not null`,
      );
    let seen: unknown;
    await runAlone(base.db, {
      name: 'waits',
      everyMs: 1_000,
      async run() {
        seen = (await waiting())[0]?.count;
      },
    });
    expect(seen).toBe(0);
  });

  it('takes over the job of a process that died, but not before its lease is over', async () => {
    let runs = 0;
    const job = { name: 'orphan', everyMs: 1_000, run: async () => void runs++ };
    const hold = (seconds: number) => base.db.sql`
      insert into job_lease (name, holder, until)
      values ('orphan', ${randomUUID()}, now() + make_interval(secs => ${seconds}))
      on conflict (name) do update set until = excluded.until`;
    await hold(5);
    expect(await runAlone(base.db, job)).toBe(false);
    await hold(-1);
    expect(await runAlone(base.db, job)).toBe(true);
    expect(runs).toBe(1);
  });

  it('lets no job wait for another', async () => {
    let waiting = true;
    let runs = 0;
    const slow = { name: 'slow', everyMs: 10, firstMs: 0, run: () => pause(200) };
    const quick = {
      name: 'quick',
      everyMs: 10,
      firstMs: 20,
      run: async () => void (waiting && runs++),
    };
    const loop = openLoop(base.db, silent, [slow, quick]);
    await pause(180);
    waiting = false;
    await loop.stop();
    expect(runs).toBeGreaterThan(2);
  });

  it('goes on after an error, says which job it was, and stops when told', async () => {
    const told: unknown[] = [];
    let runs = 0;
    const run = async () => {
      runs++;
      throw new Error('no luck');
    };
    const log = { error: (line: unknown) => void told.push(line) };
    const loop = openLoop(base.db, log, [{ name: 'unlucky', everyMs: 10, firstMs: 0, run }]);
    await pause(150);
    await loop.stop();
    const stoppedAt = runs;
    expect(runs).toBeGreaterThan(2);
    expect(told[0]).toMatchObject({ job: 'unlucky' });
    await pause(50);
    expect(runs).toBe(stoppedAt);
  });

  it('waits before the first pass as long as it is told', async () => {
    const times: number[] = [];
    const start = Date.now();
    const run = async () => void times.push(Date.now() - start);
    const loop = openLoop(base.db, silent, [{ name: 'later', everyMs: 60_000, firstMs: 60, run }]);
    await pause(200);
    await loop.stop();
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThanOrEqual(58);
  });
});
