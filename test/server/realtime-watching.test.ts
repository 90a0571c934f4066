import { describe, expect, it } from 'vitest';
import { decodeCard, type Frame } from '#app/domain/rooms/frame.ts';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import {
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from '#server/rooms/rows.ts';
import { useConsoles, watching } from '#test/support/consoles.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { eventually, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);
const { signIn } = useConsoles(base, server);

async function stored(room: string) {
  const [row] = await base.db.sql<RoomRecord[]>`select * from room where id = ${room}`;
  const people = await base.db.sql<ParticipantRecord[]>`
    select * from participant where room_id = ${room}`;
  return { head: roomOf(row as RoomRecord), people: people.map(participantOf) };
}

describe('watching a room', () => {
  it('ends with exactly what the database holds, under joins, acts and leaves', async () => {
    const crowd = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`m${i}`, i < 20 ? 'speaker' : 'listener'] as const),
    );
    const room = await openRoomWith(base.db, { hoster: 'host', ...crowd });
    const { socket, actor } = await signIn();

    const churn = (async () => {
      for (let i = 0; i < 60; i++) {
        await Promise.all([
          server.app.enter(room, joining(`late${i}`)),
          server.app.enter(room, {
            member: `m${100 + i}`,
            actor: 'system',
            what: { kind: 'leave', goodbye: i % 2 === 0 },
          }),
          server.app.enter(room, {
            member: `m${i + 30}`,
            actor: 'system',
            what: { kind: 'raise_hand' },
          }),
          i % 6 === 0 &&
            server.app.act(actor, commandFor(room, { name: 'mute', member: `m${i % 20}` })),
          i % 9 === 0 &&
            server.app.act(actor, commandFor(room, { name: 'remove', member: `m${120 + i}` })),
        ]);
      }
    })();
    const { screen } = await watching(socket, room);
    await churn;

    const truth = await stored(room);
    await eventually(
      () => screen.head()?.seq,
      (seq) => seq === truth.head.seq,
    );
    expect(screen.head()).toEqual(truth.head);
    for (const person of truth.people) {
      const shown = screen.people.get(person.memberId);
      // Who had left before the watch began, with nothing that still holds, isn't shown.
      if (shown || person.presence !== 'gone') expect(shown).toEqual(person);
    }
  });

  it('knows the people an act names who had left before it began', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const leave = { kind: 'leave', goodbye: true } as const;
    await server.app.enter(room, { member: 'bob', actor: 'system', what: leave });
    const { socket, actor } = await signIn();
    const { screen } = await watching(socket, room);
    expect(screen.people.has('bob')).toBe(false);

    const heard = next<[string, Frame]>(socket, 'room:frame');
    await server.app.act(actor, commandFor(room, { name: 'remove', member: 'bob' }));

    expect((await heard)[1].p?.map((wire) => decodeCard(wire).memberId)).toEqual(['bob']);
  });

  it('repairs a gap with frames, and with a snapshot when too much is missing', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const { socket } = await signIn();
    const { answer } = await watching(socket, room);
    await server.app.enter(room, joining('amy'));
    await server.app.enter(room, joining('ben'));

    const repair = await socket.emitWithAck('room:catch_up', { room, since: answer.seq });
    expect(repair).toMatchObject({ ok: true, kind: 'frames', seq: answer.seq + 2 });

    const twice = Array.from({ length: 2_100 }, (_, i) => joining(`x${i}`));
    await Promise.all(twice.map((item) => server.app.enter(room, item)));
    expect(await socket.emitWithAck('room:catch_up', { room, since: answer.seq })).toMatchObject({
      ok: true,
      kind: 'snapshot',
    });
    expect(await socket.emitWithAck('room:catch_up', { room, since: 10_000_000 })).toMatchObject({
      ok: true,
      kind: 'snapshot',
    });
    const seq = (await stored(room)).head.seq;
    expect(await socket.emitWithAck('room:watch', { room, since: seq })).toMatchObject({
      kind: 'frames',
      frames: [],
    });
  });

  it('sends the newest seq every few seconds', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const { socket } = await signIn();
    const { answer } = await watching(socket, room);

    const beat = await eventually(
      () => next<[string, number, number]>(socket, 'room:beat').catch(() => null),
      (heard) => heard !== null,
    );

    expect(beat?.slice(0, 2)).toEqual([room, answer.seq]);
  });

  it('reads one snapshot for many who come at once', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const { cookie } = await signIn();
    const consoles = await Promise.all(Array.from({ length: 20 }, () => server.console(cookie)));

    const answers = await Promise.all(
      consoles.map((socket) => socket.emitWithAck('room:watch', { room, since: null })),
    );

    const sizes = answers.map((answer) =>
      answer.ok && answer.kind === 'snapshot' ? answer.gzip.byteLength : 0,
    );
    expect(new Set(sizes).size).toBe(1);
    expect(sizes[0]).toBeGreaterThan(0);
  });

  it('shows who else moderates here, each person once', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const one = await signIn();
    const two = await signIn();
    await watching(one.socket, room);

    const heard = next<[string, { ref: string; name: string }[]]>(one.socket, 'room:watchers');
    await watching(two.socket, room);
    await watching(await server.console(two.cookie), room);

    const [, watchers] = await heard;
    expect(watchers.map(({ name }) => name).sort()).toEqual([one.name, two.name].sort());
    const left = next<[string, unknown[]]>(one.socket, 'room:watchers');
    two.socket.emit('room:unwatch', { room });
    expect((await left)[1]).toHaveLength(2);
  });

  it('forwards speaking levels of those who may speak only', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const { socket } = await signIn();
    const { screen } = await watching(socket, room);
    const speaker = await server.member(server.tokenFor(room, 'amy', 'speaker'));
    const listener = await server.member(server.tokenFor(room, 'ben'));
    await Promise.all([speaker.emitWithAck('join'), listener.emitWithAck('join')]);

    const heard = next<[string, [number, number][]]>(socket, 'room:levels');
    listener.emit('level', 9);
    speaker.emit('level', 7);

    const [, levels] = await heard;
    expect(levels).toEqual([[screen.people.get('amy')?.ord, 7]]);
    await server.sockets.sessions.setRights(room, 'amy', { maySpeak: false });
    const silence = next(socket, 'room:levels');
    speaker.emit('level', 8);
    await expect(silence).rejects.toThrow();
  });
});

describe('the list of rooms', () => {
  it('comes with its numbers, then only what changes', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker', eve: 'listener' });
    const { socket, name } = await signIn();
    // The list is read once a second for everyone: what it doesn't have yet comes as a change.
    const changes: RoomRow[] = [];
    socket.on('rooms:changed', (rows) => changes.push(...rows));
    const list = await socket.emitWithAck('rooms:watch');
    if (list.ok) changes.push(...list.rooms);
    const row = await eventually(
      () => changes.findLast(({ id, counts }) => id === room && counts.present === 3),
      (found) => found !== undefined,
    );
    expect(row).toMatchObject({
      counts: { present: 3, stage: 2, attendants: 1, hands: 0 },
      status: 'live',
      reports: 0,
      watchers: [],
    });

    await watching(socket, room);
    await server.app.enter(room, joining('amy'));
    await eventually(
      () => changes.filter(({ id }) => id === room).at(-1),
      (seen) => seen?.counts.present === 4 && seen.watchers.includes(name),
    );

    await server.app.end(room, 'platform:test');
    await eventually(
      () => changes.filter(({ id }) => id === room).at(-1),
      (seen) => seen?.status === 'ended',
    );
  });
});
