import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { revertCalms } from '#server/jobs/calm.ts';
import { inTurn } from '#server/jobs/in-turn.ts';
import { type Loop, openLoop, runAlone } from '#server/jobs/loop.ts';
import { purgeEnded } from '#server/jobs/purge.ts';
import { purgeSignIns } from '#server/jobs/purge-sign-ins.ts';
import { endRemovals, expireDropped } from '#server/jobs/seats.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const MINUTE = 60_000;
const GRACE = 5 * MINUTE;
const loops: Loop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

const silent = { error: () => {} };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function seats(room: string) {
  return base.db.sql`
    select member_id, role, presence, mute_rank, hand_at, removed_at, removed_until
    from participant where room_id = ${room} order by member_id`;
}

async function head(room: string) {
  const [row] = await base.db.sql`
    select locked, hands_open, calm_until, calm_command_id, present, stage, hands, attendants, status
    from room where id = ${room}`;
  return row;
}

async function types(room: string) {
  const rows = await base.db.sql`
    select body->>'type' as type from room_event where room_id = ${room} order by seq`;
  return rows.map(({ type }) => type as string);
}

const say = (room: string, member: string, what: Parameters<typeof ingest>[2][number]['what']) =>
  ingest(base.db, room, [{ member, actor: 'platform:test', what }]);

describe('calm', () => {
  it('reverts exactly, once, by the system, however many loops try', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, {
      ann: 'host',
      bob: 'speaker',
      cem: 'speaker',
      dil: 'listener',
    });
    await say(room, 'dil', { kind: 'raise_hand' });
    const before = { seats: await seats(room), head: await head(room) };
    await act(base.db, actor, room, { name: 'calm_room', minutes: 5 });
    expect(await head(room)).toMatchObject({ locked: true, hands_open: false, stage: 1 });

    await revertCalms(buildApp(base.db), Date.now() + 4 * MINUTE);
    expect(await head(room)).toMatchObject({ locked: true });

    for (let process = 0; process < 2; process++) {
      const app = buildApp(base.db);
      const run = (now: number) => revertCalms(app, now + 6 * MINUTE);
      loops.push(openLoop(base.db, silent, [{ name: 'calm', everyMs: 5, firstMs: 0, run }]));
    }
    await Promise.all([
      revertCalms(buildApp(base.db), Date.now() + 6 * MINUTE),
      revertCalms(buildApp(base.db), Date.now() + 6 * MINUTE),
      pause(120),
    ]);

    expect({ seats: await seats(room), head: await head(room) }).toEqual(before);
    expect((await types(room)).filter((type) => type === 'room.calm_reverted')).toHaveLength(1);
    const log = await base.db.sql`
      select actor_ref, reverses_id from audit.event
      where room_ref = ${room} and action = 'room.calm_reverted'`;
    expect(log).toHaveLength(1);
    expect(log[0]?.actor_ref).toBe('system');
    expect(log[0]?.reverses_id).not.toBeNull();
  });

  it('leaves alone what a host took back before', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
    const calm = await act(base.db, actor, room, { name: 'calm_room', minutes: 1 });
    await act(base.db, actor, room, { name: 'undo', command: calm.ok ? calm.commandId : '' });
    expect(await revertCalms(buildApp(base.db), Date.now() + 2 * MINUTE)).toBe(0);
    expect((await types(room)).filter((type) => type === 'room.calm_reverted')).toHaveLength(1);
  });
});

describe('a removal for a time', () => {
  it('ends when the time is over, as a listener, on the record by the system', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker', eve: 'listener' });
    await act(base.db, actor, room, { name: 'remove', member: 'bob', minutes: 10 });
    await act(base.db, actor, room, { name: 'remove', member: 'eve' });
    const app = buildApp(base.db);

    await endRemovals(app, Date.now() + 9 * MINUTE);
    expect((await seats(room))[1]?.removed_at).not.toBeNull();

    await Promise.all([1, 2].map(() => endRemovals(app, Date.now() + 11 * MINUTE)));
    const [, bob, eve] = await seats(room);
    expect(bob).toMatchObject({ removed_at: null, removed_until: null, role: 'listener' });
    expect(eve?.removed_at).not.toBeNull();
    const log = await base.db.sql`
      select actor_ref, outcome from audit.event
      where room_ref = ${room} and action = 'participant.readmitted'`;
    expect(log).toEqual([{ actor_ref: 'system', outcome: 'accepted' }]);
    const [pending] = await base.db.sql`
      select state from enforcement where room_id = ${room} and member_id = 'bob' order by seq desc`;
    expect(pending?.state).toBe('requested');
  });
});

describe('the grace period', () => {
  async function onStageWithHand() {
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker', dil: 'listener' });
    await say(room, 'dil', { kind: 'raise_hand' });
    const before = await seats(room);
    await say(room, 'bob', { kind: 'leave', goodbye: false });
    await say(room, 'dil', { kind: 'leave', goodbye: false });
    return { room, before };
  }

  it('keeps role and hand of whoever comes back in it', async () => {
    const { room, before } = await onStageWithHand();
    await expireDropped(buildApp(base.db), Date.now() + GRACE - MINUTE, GRACE);
    await ingest(base.db, room, [joining('bob'), joining('dil')]);
    expect(await seats(room)).toEqual(before);
    await expireDropped(buildApp(base.db), Date.now() + 2 * GRACE, GRACE);
    expect(await seats(room)).toEqual(before);
  });

  it('counts whoever stays away as gone, once', async () => {
    const { room } = await onStageWithHand();
    const app = buildApp(base.db);
    await Promise.all([1, 2].map(() => expireDropped(app, Date.now() + GRACE + 1_000, GRACE)));
    const [, bob, dil] = await seats(room);
    expect(bob).toMatchObject({ presence: 'gone', role: 'listener' });
    expect(dil).toMatchObject({ presence: 'gone', hand_at: null });
    expect((await types(room)).filter((type) => type === 'participant.left')).toHaveLength(2);
    expect(await head(room)).toMatchObject({ present: 1, hands: 0, stage: 1 });
  });

  it('starts again with each drop', async () => {
    const { room } = await onStageWithHand();
    await base.db.sql`
      update participant set left_at = left_at - interval '10 minutes'
      where room_id = ${room} and member_id = 'dil'`;
    await ingest(base.db, room, [joining('bob')]);
    await say(room, 'bob', { kind: 'leave', goodbye: false });
    await expireDropped(buildApp(base.db), Date.now(), GRACE);
    const [, bob, dil] = await seats(room);
    expect(bob).toMatchObject({ presence: 'dropped', role: 'speaker' });
    expect(dil).toMatchObject({ presence: 'gone' });
  });
});

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
    let running = 0;
    let most = 0;
    const job = {
      name: 'alone',
      everyMs: 1_000,
      async run() {
        most = Math.max(most, ++running);
        await pause(40);
        running--;
      },
    };
    const ran = await Promise.all([1, 2, 3].map(() => runAlone(base.db, job)));
    expect(ran.filter(Boolean)).toHaveLength(1);
    expect(most).toBe(1);
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
