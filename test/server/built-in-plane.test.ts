import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#app/domain/rooms/state.ts';
import { revertCalms } from '#server/jobs/calm.ts';
import { type EnforcementWorker, openEnforcementWorker } from '#server/jobs/enforcement.ts';
import { openBuiltInPlane } from '#server/media/built-in.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act as actIn, addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';
import { eventually, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);
let worker: EnforcementWorker;
const logged: unknown[] = [];

beforeAll(() => {
  const { app, sockets } = server;
  worker = openEnforcementWorker({
    db: base.db,
    plane: openBuiltInPlane(sockets.sessions),
    committed: app.committed,
    log: { error: (...line: unknown[]) => void logged.push(line) },
    pollMs: 100,
  });
  app.onCommitted(worker.heed);
});
afterAll(async () => {
  await worker.stop();
  expect(logged).toEqual([]);
});

async function enter(room: string, member: string, role: Role = 'listener') {
  const socket = await server.member(server.tokenFor(room, member, role));
  expect(await socket.emitWithAck('join')).toMatchObject({ ok: true });
  return socket;
}

async function stage() {
  const room = await openRoomWith(base.db, { hoster: 'host' });
  const { actor } = await addOperator(base.db, ['moderator']);
  const act = async (fields: Record<string, unknown>) => {
    expect(await server.app.act(actor, commandFor(room, fields))).toMatchObject({ ok: true });
  };
  return { room, act };
}

async function enforcementOf(room: string, member: string) {
  const [row] = await base.db.sql`
    select enforcement from participant where room_id = ${room} and member_id = ${member}`;
  return row?.enforcement;
}

const observed = (room: string, member: string) =>
  eventually(
    () => enforcementOf(room, member),
    (state) => state === 'observed',
  );

describe('the built-in plane', () => {
  it('takes the right to speak from every tab, and gives it back', async () => {
    const { room, act } = await stage();
    const tabs = [await enter(room, 'bob', 'speaker'), await enter(room, 'bob', 'speaker')];
    const told = tabs.map((tab) => next<[{ maySpeak: boolean }]>(tab, 'rights'));

    await act({ name: 'mute', member: 'bob' });

    for (const rights of told) expect((await rights)[0]).toMatchObject({ maySpeak: false });
    await observed(room, 'bob');
    const { sessions } = server.sockets;
    expect(await sessions.sessionsOf(room, 'bob')).toEqual({ sessions: 2, maySpeak: false });
    for (const tab of tabs) {
      expect(await tab.emitWithAck('mic', { on: true })).toMatchObject({ reason: 'muted' });
    }

    await act({ name: 'allow_to_speak', member: 'bob' });
    await eventually(
      () => sessions.sessionsOf(room, 'bob'),
      ({ maySpeak }) => maySpeak,
    );
    await observed(room, 'bob');
    expect(await tabs[0]!.emitWithAck('mic', { on: true })).toEqual({ ok: true });
  });

  it('closes every session of a removed member and lets no token in again', async () => {
    const { room, act } = await stage();
    const token = server.tokenFor(room, 'bob', 'speaker');
    const tabs = [await enter(room, 'bob', 'speaker'), await enter(room, 'bob', 'speaker')];
    const closed = tabs.map((tab) => next(tab, 'disconnect'));
    const told = next<[{ until: string | null }]>(tabs[0]!, 'removed');

    await act({ name: 'remove', member: 'bob', minutes: 10 });

    expect((await told)[0].until).toMatch(/^\d{4}-.*Z$/);
    await Promise.all(closed);
    await observed(room, 'bob');
    for (const again of [token, server.tokenFor(room, 'bob', 'host')]) {
      const socket = await server.member(again);
      expect(await socket.emitWithAck('join')).toMatchObject({ ok: false, reason: 'removed' });
    }
    await worker.idle();
    expect(await server.sockets.sessions.sessionsOf(room, 'bob')).toMatchObject({ sessions: 0 });
  });

  it('puts everyone out when the room ends', async () => {
    const { room } = await stage();
    const tabs = await Promise.all(['bob', 'cem', 'dil'].map((member) => enter(room, member)));
    const closed = tabs.map((tab) => next(tab, 'disconnect'));
    await server.app.end(room, 'platform:test');
    await Promise.all(closed);
    const states = () => base.db.sql`
      select state from enforcement where room_id = ${room} and member_id is null`;
    await eventually(states, ([row]) => row?.state === 'observed');
  });

  it('finds and closes a session that is there against the rules', async () => {
    const { room } = await stage();
    const tab = await enter(room, 'bob', 'speaker');
    const closed = next(tab, 'disconnect');
    const { actor } = await addOperator(base.db, ['moderator']);
    // Committed by a process that then died: nobody here was told.
    await actIn(base.db, actor, room, { name: 'remove', member: 'bob' });
    await base.db.sql`
      update enforcement set state = 'superseded' where room_id = ${room} and member_id = 'bob'`;
    // Any change of bob's sessions is a report.
    await server.sockets.sessions.setRights(room, 'bob', { maySpeak: false });
    await closed;
    await observed(room, 'bob');
  });

  it('takes speakers off the stage in a calm, and gives it back when its time is over', async () => {
    const { room, act } = await stage();
    const tab = await enter(room, 'bob', 'speaker');
    await act({ name: 'calm_room', minutes: 5 });
    await observed(room, 'bob');
    expect(await tab.emitWithAck('mic', { on: true })).toMatchObject({ reason: 'not_on_stage' });

    await revertCalms(server.app, Date.now() + 6 * 60_000);
    await eventually(
      () => server.sockets.sessions.sessionsOf(room, 'bob'),
      ({ maySpeak }) => maySpeak,
    );
    await observed(room, 'bob');
    expect(await tab.emitWithAck('mic', { on: true })).toEqual({ ok: true });
  });
});
