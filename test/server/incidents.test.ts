import { afterEach, describe, expect, it } from 'vitest';
import { type App, buildApp } from '#server/app.ts';
import { openTending } from '#server/incidents/tend.ts';
import { type IncidentWatch, openIncidentWatch } from '#server/incidents/watch.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { asOwner, joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const MINUTE = 60_000;
const open: IncidentWatch[] = [];
const logged: unknown[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch.stop()));
  expect(logged.splice(0)).toEqual([]);
});

function watch(): { app: App; watch: IncidentWatch } {
  const app = buildApp(base.db, { gatherMs: 1 });
  const log = { error: (...line: unknown[]) => void logged.push(line) };
  const watching = openIncidentWatch(app, log, 40);
  open.push(watching);
  return { app, watch: watching };
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

const enter = (app: App, room: string, people: ReturnType<typeof joining>[]) =>
  Promise.all(people.map((item) => app.enter(room, item)));

const drop = (app: App, room: string, members: string[], goodbye = false) =>
  Promise.all(
    members.map((member) =>
      app.enter(room, { member, actor: 'platform:test', what: { kind: 'leave', goodbye } }),
    ),
  );

async function incidents(room: string) {
  return base.db.sql`
    select kind, people, seconds, share, returned, returned_elsewhere, inviter_id, closed_at, at
    from incident where room_id = ${room}`;
}

async function told(room: string) {
  const rows = await base.db.sql`
    select body from room_event where room_id = ${room} and body->>'type' like 'incident.%'
    order by seq`;
  return rows.map(({ body }) => body);
}

/** A room of 60 in one network and 40 in four others. */
async function crowd(app: App) {
  const room = await openRoomWith(base.db, { ann: 'host' });
  const cut = names('cut', 60);
  const rest = names('rest', 40);
  await enter(
    app,
    room,
    cut.map((member) => joining(member, 'listener', 'c0')),
  );
  await enter(
    app,
    room,
    rest.map((member, i) => joining(member, 'listener', `c${(i % 4) + 1}`)),
  );
  return { room, cut, rest };
}

describe('a sudden drop', () => {
  it('opens one incident, on the record, counts returns, and closes in quiet', async () => {
    const { app, watch: first } = watch();
    const { watch: second } = watch();
    const { room, cut } = await crowd(app);
    await drop(app, room, cut);
    await Promise.all([first.idle(), second.idle()]);

    expect(await incidents(room)).toMatchObject([
      { kind: 'sudden_drop', people: 60, share: 1, returned: 0, closed_at: null },
    ]);
    expect(await told(room)).toMatchObject([
      { type: 'incident.opened', kind: 'sudden_drop', numbers: { people: 60, share: 1 } },
    ]);
    const log = await base.db.sql`
      select actor_ref, target_type from audit.event
      where room_ref = ${room} and action = 'incident.opened'`;
    expect(log).toEqual([{ actor_ref: 'system', target_type: 'incident' }]);

    await enter(
      app,
      room,
      cut.slice(0, 20).map((member) => joining(member, 'listener', 'c0')),
    );
    await enter(
      app,
      room,
      cut.slice(20, 27).map((member) => joining(member, 'listener', 'vpn')),
    );
    const tend = openTending(app);
    await tend(Date.now());
    await tend(Date.now());
    expect(await incidents(room)).toMatchObject([
      { people: 60, returned: 27, returned_elsewhere: 7 },
    ]);
    expect((await told(room)).slice(1)).toMatchObject([
      { type: 'incident.updated', numbers: { returned: 27, returnedElsewhere: 7 } },
    ]);

    await tend(Date.now() + 4 * MINUTE);
    expect((await incidents(room))[0]?.closed_at).toBeNull();
    await tend(Date.now() + 6 * MINUTE);
    expect((await incidents(room))[0]?.closed_at).not.toBeNull();
    expect(await told(room)).toHaveLength(2);
  });

  it('is opened once when several processes see it', async () => {
    const processes = [watch(), watch(), watch()];
    const app = processes[0]!.app;
    const { room, cut } = await crowd(app);
    await Promise.all(
      processes.map((one, i) => drop(one.app, room, cut.slice(i * 20, i * 20 + 20))),
    );
    await Promise.all(processes.map((one) => one.watch.idle()));
    // Whoever looked first may have seen only part of it; tending counts the rest.
    await openTending(app)(Date.now());
    expect(await incidents(room)).toMatchObject([{ kind: 'sudden_drop', people: 60 }]);
    const types = (await told(room)).map(({ type }) => type);
    expect(types.filter((type) => type === 'incident.opened')).toHaveLength(1);
  });

  it('is not seen in goodbyes, in many small networks, or after the room has ended', async () => {
    const { app, watch: watching } = watch();
    const goodbye = await crowd(app);
    await drop(app, goodbye.room, goodbye.cut, true);
    const scattered = await crowd(app);
    await drop(app, scattered.room, scattered.rest);
    const ended = await crowd(app);
    await endRoom(base.db, ended.room, 'platform:test');
    await drop(app, ended.room, ended.cut);
    await watching.idle();
    for (const { room } of [goodbye, scattered, ended]) expect(await incidents(room)).toEqual([]);
  });

  it('closes with its room', async () => {
    const { app, watch: watching } = watch();
    const { room, cut } = await crowd(app);
    await drop(app, room, cut);
    await watching.idle();
    await endRoom(base.db, room, 'platform:test');
    await openTending(app)(Date.now());
    expect((await incidents(room))[0]?.closed_at).not.toBeNull();
  });
});

describe('a raid', () => {
  /** Joins of people below `top`, two invites each; they exist as members when they join. */
  function below(top: string, prefix: string, count: number) {
    const people = names(prefix, count);
    return people.map((member, i) => {
      const inviter = i < 2 ? top : (people[Math.floor(i / 2) - 1] as string);
      return invited(member, inviter);
    });
  }

  function invited(member: string, inviter: string | null) {
    const item = joining(member);
    if (item.what.kind === 'join' && item.what.profile) item.what.profile.inviter = inviter;
    return item;
  }

  async function settledRoom(app: App) {
    const room = await openRoomWith(base.db, { ann: 'host' });
    await enter(app, room, [invited('top', null), invited('mara', 'top')]);
    await enter(
      app,
      room,
      names('audience', 30).map((member) => invited(member, 'top')),
    );
    // Only an owner may move the past.
    await asOwner(base.ownerUrl, async (sql) => {
      await sql`update room set opened_at = opened_at - interval '1 hour' where id = ${room}`;
      await sql`
        update room_event set at = at - interval '30 minutes' where room_id = ${room}`;
      await sql`
        update participant set joined_at = joined_at - interval '30 minutes'
        where room_id = ${room}`;
    });
    return room;
  }

  it('opens an incident that names the nearest common inviter', async () => {
    const quiet = buildApp(base.db, { gatherMs: 1 });
    const room = await settledRoom(quiet);
    const { app, watch: watching } = watch();
    await enter(app, room, below('mara', `raider-${room}`, 62));
    await watching.idle();
    expect(await incidents(room)).toMatchObject([{ kind: 'raid', inviter_id: 'mara' }]);
    expect((await told(room))[0]).toMatchObject({ numbers: { inviter: 'mara' } });
  });

  it('is not seen in a crowd out of the branch that fills the room anyway', async () => {
    const quiet = buildApp(base.db, { gatherMs: 1 });
    const room = await settledRoom(quiet);
    const { app, watch: watching } = watch();
    await enter(
      app,
      room,
      names(`guest-${room}`, 50).map((member) => invited(member, 'top')),
    );
    await watching.idle();
    expect(await incidents(room)).toEqual([]);
  });

  it('is not seen while a room fills up', async () => {
    const { app, watch: watching } = watch();
    const room = await openRoomWith(base.db, { ann: 'host' });
    await enter(app, room, below('mara', `early-${room}`, 50));
    await watching.idle();
    expect(await incidents(room)).toEqual([]);
  });
});
