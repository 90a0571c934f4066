import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import { evolve } from '#app/domain/rooms/evolve.ts';
import { decodeCard, decodeFrame, type Frame } from '#app/domain/rooms/frame.ts';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { unpackPeople } from '#app/domain/rooms/roster.ts';
import type { CatchUp, RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import type { Participant } from '#app/domain/rooms/state.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import {
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from '#server/rooms/rows.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { type ConsoleClient, eventually, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);

async function signIn(roles = ['moderator']) {
  const operator = await addOperator(base.db, roles);
  const hash = randomUUID();
  await base.db.sql.begin(async (tx) => {
    await tx`
      insert into session (token_hash, operator_id, expires_at)
      values (${hash}, ${operator.id}, now() + interval '1 hour')`;
    await appendAudit(tx, [
      {
        action: 'session.started',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: `operator:${operator.id}`,
        target_type: 'operator',
        target: `operator:${operator.id}`,
      },
    ]);
  });
  const ref = `operator:${operator.id}`;
  const cookie = server.cookieFor({
    actor: operator.actor,
    ref,
    name: operator.name,
    sessionHash: hash,
  });
  return { ...operator, ref, hash, cookie, socket: await server.console(cookie) };
}

async function signInHost(room: string, member: string) {
  const actor: Actor = { kind: 'member', id: member, room };
  const cookie = server.cookieFor({
    actor,
    ref: `member:${member}`,
    name: member,
    sessionHash: null,
  });
  return { actor, socket: await server.console(cookie) };
}

/** A console as the browser is one: snapshot, frames by cursor, gap repair. */
function follow(socket: ConsoleClient, room: string) {
  const cards = new Map<number, string>();
  const people = new Map<string, Participant>();
  const early: Frame[] = [];
  let head: RoomSnapshot['room'] | null = null;

  function takeFrame(frame: Frame): void {
    for (const wire of frame.p ?? []) cards.set(wire[0], decodeCard(wire).memberId);
    for (const event of decodeFrame(frame, (ord) => cards.get(ord) as string)) takeEvent(event);
  }
  function takeEvent(event: RoomEvent): void {
    if (!head || event.seq <= head.seq) return;
    if (event.seq > head.seq + 1) throw new Error(`Gap before ${event.seq}`);
    const member = memberOf(event.body);
    const after = evolve(head, member === null ? null : (people.get(member) ?? null), event);
    head = after.room;
    if (member !== null && after.person) people.set(member, after.person);
  }
  socket.on('room:frame', (id, frame) => {
    if (id !== room) return;
    if (head) takeFrame(frame);
    else early.push(frame);
  });

  return {
    catchUp(answer: CatchUp): void {
      if (answer.kind === 'snapshot') {
        const text = gunzipSync(new Uint8Array(answer.gzip)).toString();
        const snapshot = JSON.parse(text) as RoomSnapshot;
        head = snapshot.room;
        for (const { person, card } of unpackPeople(snapshot.people)) {
          people.set(person.memberId, person);
          cards.set(card.ord, card.memberId);
        }
      } else for (const frame of answer.frames) takeFrame(frame);
      for (const frame of early.splice(0)) takeFrame(frame);
    },
    head: () => head,
    people,
  };
}

async function watching(socket: ConsoleClient, room: string, since: number | null = null) {
  const screen = follow(socket, room);
  const answer = await socket.emitWithAck('room:watch', { room, since });
  if (!answer.ok) throw new Error(answer.reason);
  screen.catchUp(answer);
  return { screen, answer };
}

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

describe('acting from a console', () => {
  it('answers, tells the watchers to look at the aside again, and shows it there', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const one = await signIn();
    const two = await signIn();
    await Promise.all([watching(one.socket, room), watching(two.socket, room)]);
    const command = commandFor(room, { name: 'remove', member: 'bob', minutes: 10 });

    const heard = next(two.socket, 'room:aside_changed');
    const answer = await one.socket.emitWithAck('room:act', command);

    expect(answer).toMatchObject({ ok: true, commandId: command.id, repeated: false });
    expect(await heard).toEqual([room]);
    const shown = await two.socket.emitWithAck('room:aside', { room });
    expect(shown).toMatchObject({
      ok: true,
      aside: {
        removals: [{ memberId: 'bob', byName: one.name, reason: 'because' }],
        commands: [{ id: command.id, name: 'remove', mine: false, undone: false }],
      },
    });
    expect(await one.socket.emitWithAck('room:act', command)).toMatchObject({ repeated: true });
    expect(await one.socket.emitWithAck('room:act', { name: 'mute' })).toMatchObject({
      reason: 'invalid',
    });
  });

  it('tells operators of reports, never the host, and never who made one', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const operator = await signIn();
    const other = await signIn();
    const host = await signInHost(room, 'hoster');
    for (const { socket } of [operator, other, host]) await watching(socket, room);
    const hostHears = next(host.socket, 'room:aside_changed');
    const heard = next(other.socket, 'room:aside_changed');

    const report = { name: 'report', member: 'hoster', category: 'hate', text: 'Said things' };
    await operator.socket.emitWithAck('room:act', commandFor(room, report));

    await heard;
    await expect(hostHears).rejects.toThrow();
    const theirs = await host.socket.emitWithAck('room:aside', { room });
    expect(theirs).toMatchObject({ aside: { reports: [], commands: [] } });
    const ours = await other.socket.emitWithAck('room:aside', { room });
    expect(ours).toMatchObject({
      aside: { reports: [{ memberId: 'hoster', open: 1 }], commands: [] },
    });
    const list = await host.socket.emitWithAck('rooms:watch');
    expect(list).toMatchObject({ ok: true, rooms: [{ id: room, reports: 0 }] });
  });

  it("tells no host of a report by sending their room's row again", async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const host = await signInHost(room, 'hoster');
    const operator = await signIn();
    const changes: RoomRow[] = [];
    operator.socket.on('rooms:changed', (rows) => changes.push(...rows));
    const last = () => changes.filter(({ id }) => id === room).at(-1);
    for (const { socket } of [host, operator]) await socket.emitWithAck('rooms:watch');
    await server.app.enter(room, joining('amy'));
    await eventually(last, (row) => row?.counts.present === 3);
    const hostHears = next(host.socket, 'rooms:changed');

    await operator.socket.emitWithAck(
      'room:act',
      commandFor(room, { name: 'report', member: 'bob', category: 'hate' }),
    );
    await eventually(last, (row) => row?.reports === 1);

    await expect(hostHears).rejects.toThrow();
  });
});

describe('the right to watch', () => {
  it('is that of moderators and leads, and of hosts for their own room', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const elsewhere = await openRoomWith(base.db, { hoster: 'host' });
    const auditor = await signIn(['auditor', 'admin']);
    const host = await signInHost(room, 'hoster');
    const listener = await signInHost(room, 'bob');
    const ask = async (socket: ConsoleClient, id: string) =>
      socket.emitWithAck('room:watch', { room: id, since: null });

    expect(await ask(auditor.socket, room)).toMatchObject({ reason: 'forbidden' });
    expect(await auditor.socket.emitWithAck('rooms:watch')).toMatchObject({ reason: 'forbidden' });
    expect(await ask(host.socket, room)).toMatchObject({ ok: true });
    expect(await ask(host.socket, elsewhere)).toMatchObject({ reason: 'forbidden' });
    expect(await ask(listener.socket, room)).toMatchObject({ reason: 'forbidden' });
    expect(await ask((await signIn()).socket, 'nowhere')).toMatchObject({
      reason: 'room_not_found',
    });
    for (const event of ['room:aside', 'room:catch_up'] as const) {
      const input = event === 'room:aside' ? { room } : { room, since: 0 };
      const answer = await (
        auditor.socket as never as {
          emitWithAck(name: string, input: object): Promise<object>;
        }
      ).emitWithAck(event, input);
      expect(answer).toMatchObject({ reason: 'forbidden' });
    }
  });

  it('needs a session and a page of our own', async () => {
    await expect(server.console('stranger=1')).rejects.toMatchObject({ message: 'forbidden' });
    const { cookie } = await signIn();
    const foreign = { extraHeaders: { cookie, origin: 'https://elsewhere.example' } };
    await expect(server.console(cookie, foreign)).rejects.toMatchObject({ message: 'forbidden' });
  });

  it('ends at once when a room moderator is demoted, before the others hear of it', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', mod: 'moderator' });
    const { socket } = await signInHost(room, 'mod');
    await watching(socket, room);
    let frames = 0;
    socket.on('room:frame', () => frames++);
    const { actor } = await addOperator(base.db, ['lead']);

    const revoked = next(socket, 'room:revoked');
    const demote = { name: 'demote', member: 'mod', to: 'listener' };
    await server.app.act(actor, commandFor(room, demote));

    expect(await revoked).toEqual([room, 'forbidden']);
    await server.app.enter(room, joining('amy'));
    const again = await socket.emitWithAck('room:watch', { room, since: null });
    expect(again).toMatchObject({ reason: 'forbidden' });
    expect(frames).toBe(0);
  });

  it('ends within seconds of an operator losing the role, whichever process took it', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const { socket, id, ref } = await signIn();
    await watching(socket, room);
    const revoked = new Promise((resolve) =>
      socket.once('room:revoked', (...told) => resolve(told)),
    );
    await base.db.sql.begin(async (tx) => {
      await tx`update operator set roles = '{auditor}' where id = ${id}`;
      await appendAudit(tx, [
        {
          action: 'operator.role_revoked',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target_type: 'operator',
          target: ref,
        },
      ]);
    });

    expect(await revoked).toEqual([room, 'forbidden']);
  });

  it('ends with the session, told or not', async () => {
    const told = await signIn();
    const heard = next(told.socket, 'session:ended');
    const closed = next(told.socket, 'disconnect');
    server.sockets.endSession(told.hash);
    await heard;
    await closed;

    const untold = await signIn();
    await base.db.sql.begin(async (tx) => {
      await tx`update session set ended_at = now() where token_hash = ${untold.hash}`;
      await appendAudit(tx, [
        {
          action: 'session.ended',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: untold.ref,
          target_type: 'operator',
          target: untold.ref,
        },
      ]);
    });
    await eventually(
      () => untold.socket.connected,
      (connected) => !connected,
    ).catch(() => {});
    await eventually(
      () => untold.socket.connected,
      (connected) => !connected,
    );
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
