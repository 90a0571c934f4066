import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import type { Participant } from '#app/domain/rooms/state.ts';
import { type Db, openDb } from '#db/client.ts';
import { type App, buildApp } from '#server/app.ts';
import { type Random, randomFrom } from '#server/demo/random.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { foldStored, readStoredRoom } from '#test/support/stored-room.ts';

const base = useDatabase();
const MEMBERS = ['bob', 'eve', 'lee', 'kim'];

type Fields = Record<string, unknown>;

function anyFields(chance: Random, lastDone: string): Fields {
  const member = chance.pick(MEMBERS);
  const name = chance.pick([
    'mute',
    'mute',
    'allow_to_speak',
    'remove',
    'readmit',
    'promote',
    'demote',
    'lock_room',
    'unlock_room',
    'report',
    'undo',
  ]);
  switch (name) {
    case 'lock_room':
    case 'unlock_room':
      return { name };
    case 'undo':
      return { name, command: lastDone };
    case 'report':
      return { name, member, category: 'harassment' };
    case 'promote':
      return { name, member, to: 'speaker' };
    case 'demote':
      return { name, member, to: 'listener' };
    default:
      return { name, member };
  }
}

/** Ends connections of the application in the middle of whatever they do. */
function cutSome(): Promise<unknown> {
  return asOwner(
    base.ownerUrl,
    (sql) => sql`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity
        where usename = 'rostrum_app' and datname = current_database()
          and state <> 'idle' order by random() limit 2) x`,
  );
}

interface Said {
  id: string;
  /** Null when the act threw: then it was done whole or not at all. */
  answer: ActAnswer | null;
}

/** What was carried out, by the rows that one act leaves. */
async function leftOf(room: string) {
  const stored = await readStoredRoom(base.db.sql, room);
  const commands = await base.db.sql<{ id: string; from: number; to: number; audit: string }[]>`
    select id, from_seq as from, to_seq as to, audit_event_id as audit
    from command where room_id = ${room}`;
  const logged = await asOwner(
    base.ownerUrl,
    (sql) => sql<{ id: string; correlation: string | null; action: string }[]>`
      select event_id as id, correlation_id as correlation, action from audit.event
      where room_ref = ${room} and outcome = 'accepted'`,
  );
  return { stored, commands, logged };
}

async function expectWhole(room: string, said: readonly Said[]) {
  const { stored, commands, logged } = await leftOf(room);
  expect(foldStored(stored)).toEqual({ room: stored.room, people: stored.people });
  expect(stored.events.map(({ seq }) => seq)).toEqual(stored.events.map((_, i) => i + 1));
  const times = stored.events.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const byId = new Map(commands.map((one) => [one.id, one]));
  const ofCommands = logged.filter(({ correlation }) => correlation !== null);
  expect(new Set(ofCommands.map(({ correlation }) => correlation))).toEqual(new Set(byId.keys()));
  for (const { id, answer } of said) {
    const kept = byId.get(id);
    const events = stored.events.filter(({ commandId }) => commandId === id);
    if (answer?.ok) {
      expect(kept).toMatchObject({ from: answer.from, to: answer.to });
    } else if (answer !== null) {
      expect(kept).toBeUndefined();
    }
    if (!kept) {
      expect(events).toEqual([]);
      continue;
    }
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: kept.to - kept.from + 1 }, (_, i) => kept.from + i));
    expect(logged.filter((one) => one.id === kept.audit)).toHaveLength(1);
  }
  const open = await base.db.sql`
    select member_id, count(*) from enforcement
    where room_id = ${room} and state in ('requested', 'delivered', 'failed')
    group by member_id having count(*) > 1`;
  expect([...open]).toEqual([]);
  return { carried: byId.size };
}

describe('two processes over one room, whose connections are cut again and again', () => {
  it('leaves of every act the whole or nothing, and answers as it was done', async () => {
    const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
    console.info(`RACE_SEED=${seed}`);
    const chance = randomFrom(seed);
    const dbs: Db[] = [openDb({ url: base.appUrl, max: 3 }), openDb({ url: base.appUrl, max: 3 })];
    const limits = { destructivePerMinute: 100_000 };
    const apps = dbs.map((db) => buildApp(db, { limits, foresight: { doubtMs: 0 }, gatherMs: 0 }));
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, {
      host: 'host',
      bob: 'speaker',
      eve: 'speaker',
      lee: 'listener',
      kim: 'listener',
    });
    const said: Said[] = [];
    let lastDone: string = randomUUID();
    let over = false;
    const act = async (app: App) => {
      const command = commandFor(room, anyFields(chance, lastDone));
      const answer = await app.act(actor, command).catch(() => null);
      if (answer?.ok) lastDone = command.id;
      said.push({ id: command.id, answer });
      // Whoever heard nothing asks again with the same id.
      if (answer === null && chance.chance(0.5)) {
        await sleep(5);
        const again = await app.act(actor, command).catch(() => null);
        const known = said.find(({ id }) => id === command.id);
        if (known && again !== null) known.answer = again;
      }
    };
    const acting = apps.map(async (app) => {
      while (!over) await act(app);
    });
    const presence = apps.map(async (app) => {
      while (!over) {
        const member = chance.pick(MEMBERS);
        await app
          .enter(room, {
            member,
            actor: 'platform:test',
            what: chance.pick([joining(member).what, { kind: 'raise_hand' }]),
          })
          .catch(() => null);
        await sleep(chance.whole(0, 30));
      }
    });
    for (let cut = 0; cut < 60; cut++) {
      await sleep(chance.whole(0, 60));
      await cutSome();
    }
    over = true;
    await Promise.all([...acting, ...presence]);
    await Promise.all(dbs.map((db) => db.close()));
    const { carried } = await expectWhole(room, said);
    const counts = apps.map((app) => app.foresightCounts());
    const right = counts.reduce((sum, { foreseen, missed }) => sum + foreseen - missed, 0);
    expect(carried).toBeGreaterThan(20);
    expect(right).toBeGreaterThan(20);
  });
});

/** An app that has seen bob and eve come in, in a room of its own, and knows its operator. */
async function knowing(url = base.appUrl) {
  const db = openDb({ url, max: 2 });
  onTestFinished(() => db.close());
  const app = buildApp(db, { foresight: { doubtMs: 0 }, gatherMs: 0 });
  const { actor, id } = await addOperator(base.db, ['lead']);
  const room = `room-${id.slice(0, 8)}`;
  await app.open({ id: room, title: 'Evening talk', language: 'en' }, 'platform:test');
  await app.enterMany(room, [joining('bob', 'speaker'), joining('eve', 'speaker')]);
  const say = (fields: Fields) => app.act(actor, commandFor(room, fields));
  await say({ name: 'lower_hand', member: 'bob' });
  return { app, actor, room, say };
}

/** Holds a room's row until told. */
async function holdRoom(room: string) {
  const holder = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  onTestFinished(() => holder.end());
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: holding, resolve: hold } = Promise.withResolvers<void>();
  const done = holder.begin(async (tx) => {
    await tx`select from room where id = ${room} for update`;
    hold();
    await promise;
  });
  await holding;
  return async () => {
    letGo();
    await done;
  };
}

function waitingForLock() {
  return asOwner(
    base.ownerUrl,
    (sql) => sql<{ pid: number }[]>`
      select pid from pg_stat_activity
      where usename = 'rostrum_app' and datname = current_database() and wait_event_type = 'Lock'`,
  );
}

describe('an act that was worked out ahead', () => {
  it('is not done when its connection is cut while its writes wait behind the lock', async () => {
    const { app, room, say } = await knowing();
    const letGo = await holdRoom(room);
    const acting = say({ name: 'mute', member: 'bob' }).then(
      () => 'answered',
      () => 'rejected',
    );
    await expect.poll(waitingForLock).toHaveLength(1);
    const [waiting] = await waitingForLock();
    await asOwner(base.ownerUrl, (sql) => sql`select pg_terminate_backend(${waiting?.pid ?? 0})`);
    expect(await acting).toBe('rejected');
    await letGo();
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 0 });
    const before = await leftOf(room);
    expect(before.stored.people.get('bob')?.muted).toBe(false);
    expect(before.logged.filter(({ action }) => action === 'participant.muted')).toEqual([]);
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ ok: true });
    await expectWhole(room, []);
  });

  it('is done in one room only when its id is used in two at once', async () => {
    const [one, two] = [await knowing(), await knowing()];
    for (let round = 0; round < 10; round++) {
      const name = round % 2 === 0 ? 'mute' : 'allow_to_speak';
      const id = randomUUID();
      const answers = await Promise.all(
        [one, two].map(({ app, actor, room }) =>
          app.act(actor, { ...commandFor(room, { name, member: 'bob' }), id }),
        ),
      );
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers).toContainEqual({ ok: false, reason: 'command_id_reused' });
      // The other one catches up.
      const behind = answers[0]?.ok ? two : one;
      expect(await behind.say({ name, member: 'bob' })).toMatchObject({ ok: true });
    }
    await Promise.all([expectWhole(one.room, []), expectWhole(two.room, [])]);
  });

  it('holds when the database was set back to before what is remembered', async () => {
    const { app, room, say } = await knowing();
    const changes: RoomChange[] = [];
    app.onCommitted((change) => changes.push(change));
    await say({ name: 'mute', member: 'bob' });
    const [{ head, people, ...change }] = changes as [RoomChange];
    const bob = people.get('bob') as Participant;
    app.committed({
      ...change,
      head: { ...head, room: { ...head.room, seq: head.room.seq + 500 } },
      people: new Map([['bob', { ...bob, muted: false, muteRank: 0 }]]),
    });
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ reason: 'already_muted' });
    expect(await say({ name: 'mute', member: 'eve' })).toMatchObject({ ok: true });
    expect(await say({ name: 'allow_to_speak', member: 'eve' })).toMatchObject({ ok: true });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 3, missed: 1 });
    await expectWhole(room, []);
  });
});
