import { describe, expect, it } from 'vitest';
import { type App, type AppOptions, buildApp } from '#server/app.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { execute } from '#server/rooms/execute.ts';
import { openForesight } from '#server/rooms/foresight.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, commandFor, joining } from '#test/support/rooms.ts';
import { foldStored, readStoredRoom } from '#test/support/stored-room.ts';

const base = useDatabase();

const PEOPLE = {
  host: 'host',
  mod: 'moderator',
  bob: 'speaker',
  eve: 'speaker',
  lee: 'listener',
} as const;

/** An app that has seen everyone come in, and an operator whom it knows. */
async function knowing(options: AppOptions = {}) {
  const app = buildApp(base.db, { foresight: { doubtMs: 0 }, ...options });
  const { actor, id: operator } = await addOperator(base.db, ['lead']);
  const room = `room-${operator.slice(0, 8)}`;
  await app.open({ id: room, title: 'Evening talk', language: 'en' }, 'platform:test');
  await app.enterMany(
    room,
    Object.entries(PEOPLE).map(([member, role]) => joining(member, role)),
  );
  const say = sayer(app, actor, room);
  await say({ name: 'lower_hand', member: 'lee' });
  expect(app.foresightCounts()).toMatchObject({ foreseen: 0, missed: 0, people: 5 });
  return { app, actor, operator, room, say };
}

function sayer(app: App, actor: Actor, room: string) {
  return (fields: Record<string, unknown>) => app.act(actor, commandFor(room, fields));
}

/** The same in another process, which this one doesn't hear of. */
async function elsewhere(actor: Actor, room: string, fields: Record<string, unknown>) {
  const { answer } = await execute(base.db, actor, commandFor(room, fields));
  expect(answer).toMatchObject({ ok: true });
}

async function storedOf(room: string) {
  const stored = await readStoredRoom(base.db.sql, room);
  expect(foldStored(stored)).toEqual({ room: stored.room, people: stored.people });
  expect(stored.events.map(({ seq }) => seq)).toEqual(stored.events.map((_, i) => i + 1));
  return stored;
}

describe('a command worked out ahead', () => {
  const cases: Record<string, unknown>[] = [
    { name: 'mute', member: 'bob' },
    { name: 'remove', member: 'bob', minutes: 10 },
    { name: 'promote', member: 'lee', to: 'speaker' },
    { name: 'demote', member: 'mod', to: 'listener' },
    { name: 'lock_room' },
  ];
  it.each(cases)('leaves what one worked out after the reading leaves: $name', async (fields) => {
    const { app, room, say } = await knowing();
    expect(await say(fields)).toMatchObject({ ok: true });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 0 });

    const twin = await knowing();
    await elsewhere(twin.actor, twin.room, fields);
    const shown = async (id: string) => {
      const { events, people } = await storedOf(id);
      const seats = [...people.values()].map(({ joinedAt: _, leftAt, removal, ...seat }) => ({
        ...seat,
        left: leftAt !== null,
        removed: removal !== null,
      }));
      const bodies = events.map(({ body }) => JSON.stringify(body).replace(/"until":\d+/, ''));
      const recorded = await asOwner(
        base.ownerUrl,
        (sql) => sql`
        select action, outcome, d.names from audit.event
        cross join lateral (select array_agg(name order by name) as names
          from audit.disclosure where disclosure.event_id = event.event_id) d
        where room_ref = ${id} order by event.event_id`,
      );
      const asked = await base.db.sql`
        select member_id, state, seq from enforcement where room_id = ${id} order by seq`;
      return { bodies, seats, recorded: [...recorded], asked: [...asked] };
    };
    expect(await shown(room)).toEqual(await shown(twin.room));
  });

  it('is told of what its own process has changed: one act after the other is foreseen', async () => {
    const { app, room, say } = await knowing();
    for (const name of ['mute', 'allow_to_speak', 'mute', 'allow_to_speak']) {
      expect(await say({ name, member: 'bob' })).toMatchObject({ ok: true });
    }
    await app.enter(room, joining('late'));
    expect(await say({ name: 'mute', member: 'late' })).toMatchObject({ ok: true });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 5, missed: 0, people: 6 });
    await storedOf(room);
  });

  it('is foreseen for a host too, once they have acted', async () => {
    const { app, room } = await knowing();
    const say = sayer(app, { kind: 'member', id: 'host', room, role: 'host' }, room);
    await say({ name: 'mute', member: 'bob' });
    expect(await say({ name: 'mute', member: 'eve' })).toMatchObject({ ok: true });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 0 });
  });
});

describe('what was foreseen and is not so', () => {
  it('is never committed: somebody else was muted elsewhere, and the numbers go on', async () => {
    const { app, actor, room, say } = await knowing();
    await elsewhere(actor, room, { name: 'mute', member: 'eve' });
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ ok: true });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 1 });
    const { people } = await storedOf(room);
    expect([people.get('bob')?.muted, people.get('eve')?.muted]).toEqual([true, true]);
  });

  it('is decided anew: the same person was muted elsewhere', async () => {
    const { actor, room, say } = await knowing();
    await elsewhere(actor, room, { name: 'mute', member: 'bob' });
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ reason: 'already_muted' });
    const { events } = await storedOf(room);
    expect(events.filter(({ body }) => body.type === 'participant.muted')).toHaveLength(1);
  });

  it('is refused when the actor may no more', async () => {
    const { app, operator, room, say } = await knowing();
    await base.db.begin(async (tx) => {
      await tx`select event_id from audit.append(${JSON.stringify([
        {
          action: 'operator.disabled',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target_type: 'operator',
          target: `operator:${operator}`,
        },
      ])}::text::jsonb)`;
      await tx`update operator set disabled_at = now() where id = ${operator}`;
    });
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ reason: 'forbidden' });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 1 });
    expect((await storedOf(room)).people.get('bob')?.muted).toBe(false);
  });

  it('is refused when the moderator was demoted elsewhere', async () => {
    const { app, actor, room } = await knowing();
    const say = sayer(app, { kind: 'member', id: 'mod', room }, room);
    await say({ name: 'mute', member: 'eve' });
    await elsewhere(actor, room, { name: 'demote', member: 'mod', to: 'listener' });
    expect(await say({ name: 'mute', member: 'bob' })).toMatchObject({ reason: 'forbidden' });
    expect((await storedOf(room)).people.get('bob')?.muted).toBe(false);
  });

  it('answers again, and does nothing twice, when the command was carried out elsewhere', async () => {
    const { app, actor, room } = await knowing();
    const command = commandFor(room, { name: 'mute', member: 'bob' });
    await execute(base.db, actor, command);
    await execute(base.db, actor, commandFor(room, { name: 'allow_to_speak', member: 'bob' }));
    expect(await app.act(actor, command)).toMatchObject({ ok: true, repeated: true });
    expect((await storedOf(room)).people.get('bob')?.muted).toBe(false);
  });

  it('counts against the limit as ever', async () => {
    const { actor, room, say } = await knowing({ limits: { destructivePerMinute: 2 } });
    await elsewhere(actor, room, { name: 'mute', member: 'bob' });
    await elsewhere(actor, room, { name: 'mute', member: 'eve' });
    expect(await say({ name: 'mute', member: 'lee' })).toMatchObject({ reason: 'rate_limited' });
    expect(await say({ name: 'allow_to_speak', member: 'bob' })).toMatchObject({ ok: true });
    await storedOf(room);
  });

  it('holds in the race of two processes over one room', async () => {
    const { app: one, actor, room } = await knowing();
    const two = buildApp(base.db, { foresight: { doubtMs: 0 } });
    const names = ['mute', 'allow_to_speak', 'demote', 'promote'];
    const asked = Array.from({ length: 90 }, (_, i) => {
      const name = names[Math.floor(i / 3) % names.length] as string;
      const member = ['bob', 'eve', 'lee'][i % 3] as string;
      const to = name === 'promote' ? 'speaker' : 'listener';
      const fields = { name, member, ...(name.endsWith('mote') ? { to } : {}) };
      const app = i % 2 === 0 ? one : two;
      return { command: commandFor(room, fields), app };
    });
    const answers = [];
    for (let i = 0; i < asked.length; i += 3) {
      const some = asked.slice(i, i + 3);
      answers.push(...(await Promise.all(some.map(({ app, command }) => app.act(actor, command)))));
    }
    const { events } = await storedOf(room);
    const accepted = answers.filter((answer) => answer.ok);
    const ids = new Set(accepted.map(({ commandId }) => commandId));
    expect(new Set(events.flatMap(({ commandId }) => commandId ?? []))).toEqual(ids);
    expect(accepted.length).toBeGreaterThan(20);
    const { missed } = one.foresightCounts();
    expect(missed + two.foresightCounts().missed).toBeGreaterThan(0);
  });
});

describe('foresight', () => {
  it('doubts a room for a while after it was wrong', async () => {
    const { app, actor, room, say } = await knowing({ foresight: { doubtMs: 60_000 } });
    await elsewhere(actor, room, { name: 'mute', member: 'eve' });
    await say({ name: 'mute', member: 'bob' });
    await say({ name: 'allow_to_speak', member: 'bob' });
    await say({ name: 'mute', member: 'bob' });
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 1 });
  });

  it('remembers no more people than it may, and none of a room that has ended', async () => {
    const foresight = openForesight({ people: 8 });
    const app = buildApp(base.db);
    const counted: number[] = [];
    app.onCommitted((change) => {
      foresight.follow(change);
      counted.push(foresight.counts().people);
    });
    const rooms = ['one', 'two'];
    for (const id of rooms) {
      await app.open({ id, title: id, language: 'en' }, 'platform:test');
      await app.enterMany(
        id,
        Object.keys(PEOPLE).map((member) => joining(member)),
      );
    }
    // The first room goes when the second one fills.
    expect(counted).toEqual([0, 5, 5, 5]);
    for (const id of rooms) await app.end(id, 'platform:test');
    expect(counted.slice(4)).toEqual([5, 0]);
  });
});
