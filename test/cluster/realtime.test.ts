import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '#app/domain/rooms/frame.ts';
import { readConfig } from '#server/config.ts';
import { openRedis } from '#server/realtime/redis.ts';
import { startRostrum } from '#server/start.ts';
import { openFakePlane } from '#test/support/fake-plane.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts';
import { addOperator, commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { ENVIRONMENT, noPages } from '#test/support/rostrum.ts';
import { eventually, next, startServer, type TestServer } from '#test/support/server.ts';

describe.skipIf(!hasRedis())('Redis', () => {
  it('keeps frames for a minute, whatever their number', async () => {
    const redis = await startRedis();
    const client = createClient({ url: redis.url });
    await client.connect();
    const ago = (seconds: number) => `${Date.now() - seconds * 1_000}-0`;
    for (const age of [120, 70, 20]) await client.xAdd('rostrum', ago(age), { age: `${age}` });

    const silent = { info: () => {}, warn: () => {}, error: () => {} };
    const wire = await openRedis(redis.url, silent, 50);
    const left = await eventually(
      () => client.xRange('rostrum', '-', '+'),
      (entries) => entries.length < 3,
    );
    expect(left.map(({ message }) => message.age)).toEqual(['20']);
    await wire.close();
    client.destroy();
    await redis.kill();
  });
});

describe.skipIf(!hasRedis())('a process without a worker', () => {
  const base = useDatabase();

  it('wakes the worker of another one, which would look by itself once a second', async () => {
    const redis = await startRedis();
    const plane = openFakePlane();
    const start = (role: string) =>
      startRostrum(
        readConfig({
          ...ENVIRONMENT,
          DATABASE_URL: base.appUrl,
          REDIS_URL: redis.url,
          ROLE: role,
        }),
        { openPages: noPages, openPlane: () => plane },
      );
    const [web, worker] = await Promise.all(['web', 'worker'].map(start));
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const enforced = async (name: string) => {
      const before = plane.applied.length;
      const begun = Date.now();
      await web?.app.act(actor, commandFor(room, { name, member: 'bob' }));
      await eventually(
        () => plane.applied.length,
        (count) => count > before,
      );
      return Date.now() - begun;
    };

    // The first one also waits until the two have found each other.
    await enforced('mute');
    let waited = 0;
    for (let turn = 0; turn < 2; turn++) {
      waited += (await enforced('allow_to_speak')) + (await enforced('mute'));
    }
    expect(waited).toBeLessThan(2_000);
    await Promise.all([web?.stop(), worker?.stop()]);
    await redis.kill();
  });
});

describe.skipIf(!hasRedis())('two processes on one database', () => {
  const base = useDatabase();
  type Running = TestServer & { close(): Promise<void> };
  let redis: TestRedis;
  let one: Running;
  let two: Running;

  beforeAll(async () => {
    redis = await startRedis();
    one = await startServer(base, { redisUrl: redis.url });
    two = await startServer(base, { redisUrl: redis.url });
    await eventually(
      () => two.sockets.io.of('/').adapter.serverCount(),
      (count) => count === 2,
    );
  });
  afterAll(async () => {
    await one?.close();
    await two?.close();
    await redis?.kill();
  });

  const presenceOf = async (room: string, member: string) => {
    const [row] = await base.db.sql<{ presence: string }[]>`
      select presence from participant where room_id = ${room} and member_id = ${member}`;
    return row?.presence;
  };

  async function join(server: Running, room: string, member: string) {
    const socket = await server.member(server.tokenFor(room, member, 'speaker'));
    expect(await socket.emitWithAck('join')).toMatchObject({ ok: true });
    return socket;
  }

  async function watch(server: Running, room: string) {
    const { actor, id, name } = await addOperator(base.db, ['moderator']);
    const identity = { actor, ref: `operator:${id}`, name, sessionHash: randomUUID() };
    const cookie = server.cookieFor({ ...identity, sessionHash: null });
    const socket = await server.console(cookie);
    const answer = await socket.emitWithAck('room:watch', { room, since: null });
    if (!answer.ok) throw new Error(answer.reason);
    return { socket, actor, name, cookie, seq: answer.seq };
  }

  it('show each other what happens, and who watches', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const here = await watch(one, room);
    const watchers = next<[string, { name: string }[]]>(here.socket, 'room:watchers');
    const there = await watch(two, room);
    const frame = next<[string, Frame]>(here.socket, 'room:frame');

    await join(two, room, 'bob');

    expect((await frame)[1].f).toBe(there.seq + 1);
    const [, shown] = await watchers;
    expect(shown.map(({ name }) => name).sort()).toEqual([here.name, there.name].sort());
  });

  it('tell each other of no cookie and no address', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const client = createClient({ url: redis.url });
    await client.connect();
    let heard = '';
    await client.pSubscribe('*', (message) => {
      heard += message;
    });
    const { cookie } = await watch(one, room);
    await watch(two, room);

    await eventually(
      () => heard,
      (sent) => sent.includes(room) && sent.includes('handshake'),
    );
    client.destroy();
    for (const secret of [cookie, '127.0.0.1', 'user-agent']) expect(heard).not.toContain(secret);
  });

  it('count, mute and close a member’s sessions wherever they are', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const here = await join(one, room, 'bob');
    const there = await join(two, room, 'bob');
    const { sessions } = one.sockets;
    expect(await sessions.sessionsOf(room, 'bob')).toEqual({ sessions: 2, maySpeak: true });

    const { actor } = await addOperator(base.db, ['moderator']);
    const told = [here, there].map((socket) => next<[{ muted: boolean }]>(socket, 'rights'));
    await one.app.act(actor, commandFor(room, { name: 'mute', member: 'bob' }));
    for (const [state] of await Promise.all(told)) expect(state.muted).toBe(true);
    await sessions.setRights(room, 'bob', { maySpeak: false });
    expect(await sessions.sessionsOf(room, 'bob')).toEqual({ sessions: 2, maySpeak: false });

    const closed = [here, there].map((socket) => next(socket, 'disconnect'));
    await sessions.eject(room, 'bob', { until: null });
    await Promise.all(closed);
    expect(await sessions.sessionsOf(room, 'bob')).toMatchObject({ sessions: 0 });
  });

  it('keep a member present while a socket in the other one is left', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const here = await join(one, room, 'bob');
    const there = await join(two, room, 'bob');

    here.disconnect();
    await eventually(
      () => two.sockets.sessions.sessionsOf(room, 'bob'),
      ({ sessions }) => sessions === 1,
    );
    expect(await presenceOf(room, 'bob')).toBe('present');

    there.disconnect();
    await eventually(
      () => presenceOf(room, 'bob'),
      (presence) => presence === 'dropped',
    );
  });

  it('end a watch in the other one, at once', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', mod: 'moderator' });
    const actor = { kind: 'member', id: 'mod', room } as const;
    const identity = { actor, ref: 'member:mod', name: 'mod', sessionHash: null };
    const socket = await two.console(two.cookieFor(identity));
    await socket.emitWithAck('room:watch', { room, since: null });
    const { actor: lead } = await addOperator(base.db, ['lead']);

    const revoked = next(socket, 'room:revoked');
    const demote = { name: 'demote', member: 'mod', to: 'listener' };
    await one.app.act(lead, commandFor(room, demote));

    expect(await revoked).toEqual([room, 'forbidden']);
  });

  it('go on without Redis: a lost frame is repaired from the database', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const here = await watch(one, room);
    const bob = await join(one, room, 'bob');
    await redis.kill();

    const own = next<[string, Frame]>(here.socket, 'room:frame');
    await one.app.enter(room, joining('amy'));
    expect((await own)[1].f).toBeGreaterThan(here.seq);
    await two.app.enter(room, joining('ben'));
    const [head] = await base.db.sql<{ seq: number }[]>`select seq from room where id = ${room}`;
    await eventually(
      () => next<[string, number]>(here.socket, 'room:beat').catch(() => null),
      (beat) => beat?.[1] === head?.seq,
    );
    const repair = await here.socket.emitWithAck('room:catch_up', { room, since: here.seq });
    expect(repair).toMatchObject({ ok: true, kind: 'frames', seq: head?.seq });
    await watch(two, room);
    bob.disconnect();
    await eventually(
      () => presenceOf(room, 'bob'),
      (presence) => presence === 'dropped',
    );
    await expect(
      one.sockets.sessions.setRights(room, 'bob', { maySpeak: false }),
    ).rejects.toThrow();

    await redis.revive();
    await eventually(
      () =>
        one.sockets.sessions.setRights(room, 'bob', { maySpeak: false }).then(
          () => true,
          () => false,
        ),
      (reached) => reached,
    );
  });
});
