import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import { readLogKeys } from '#server/audit/log-key.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { dropLost } from '#server/realtime/reconcile-presence.ts';
import { makeFolder, ORIGIN, sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';
import { runCommand } from '#test/support/run-command.ts';
import { eventually, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);

const presenceOf = async (room: string, member: string) => {
  const [row] = await base.db.sql<{ presence: string }[]>`
    select presence from participant where room_id = ${room} and member_id = ${member}`;
  return row?.presence;
};

async function roomWithHost() {
  return openRoomWith(base.db, { hoster: 'host' });
}

async function enter(room: string, member: string, role: 'listener' | 'speaker' = 'listener') {
  const socket = await server.member(server.tokenFor(room, member, role));
  const answer = await socket.emitWithAck('join');
  return { socket, answer };
}

describe('a member', () => {
  it('joins with the standing that the database has', async () => {
    const room = await roomWithHost();

    const { answer } = await enter(room, 'bob', 'speaker');

    expect(answer).toEqual({
      ok: true,
      state: {
        room,
        title: 'Evening talk',
        role: 'speaker',
        maySpeak: true,
        muted: false,
        handRaised: false,
        handsOpen: true,
        calm: false,
      },
    });
    expect(await presenceOf(room, 'bob')).toBe('present');
    const seatings = await base.db.sql`
      select actor_ref from audit.event where room_ref = ${room} and action = 'participant.seated'
      order by event_id desc limit 1`;
    expect(seatings.map((event) => event.actor_ref)).toEqual(['platform:join_token/test']);
    expect(await server.sockets.sessions.sessionsOf(room, 'bob')).toEqual({
      sessions: 1,
      maySpeak: true,
    });
  });

  it('is refused without a valid token, and learns nothing else', async () => {
    await expect(server.member('nonsense')).rejects.toMatchObject({ message: 'forbidden' });
    await expect(server.member('', { auth: {} })).rejects.toMatchObject({ message: 'forbidden' });
  });

  it('raises and lowers a hand, and hears of it in every tab', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');
    const tab = (await enter(room, 'bob')).socket;

    const heard = next<[{ handRaised: boolean }]>(tab, 'rights');
    expect(await socket.emitWithAck('raise_hand')).toEqual({ ok: true });

    expect((await heard)[0].handRaised).toBe(true);
    expect(await socket.emitWithAck('lower_hand')).toEqual({ ok: true });
  });

  it('cannot take the floor from the moment a mute is accepted, and is told', async () => {
    const room = await roomWithHost();
    const { actor } = await addOperator(base.db, ['moderator']);
    const { socket } = await enter(room, 'bob', 'speaker');
    expect(await socket.emitWithAck('mic', { on: true })).toEqual({ ok: true });
    expect(await socket.emitWithAck('floor', { holding: true })).toEqual({ ok: true });

    const told = next<[{ maySpeak: boolean; muted: boolean }]>(socket, 'rights');
    const answer = await server.app.act(actor, commandFor(room, { name: 'mute', member: 'bob' }));

    expect(answer.ok).toBe(true);
    expect((await told)[0]).toMatchObject({ maySpeak: false, muted: true });
    expect(await socket.emitWithAck('floor', { holding: true })).toMatchObject({ reason: 'muted' });
    expect(await socket.emitWithAck('mic', { on: true })).toMatchObject({ reason: 'muted' });
  });

  it('has every socket closed by a removal, and comes back with no token', async () => {
    const room = await roomWithHost();
    const { actor } = await addOperator(base.db, ['moderator']);
    const { socket } = await enter(room, 'bob');
    const tab = (await enter(room, 'bob')).socket;
    await server.app.act(actor, commandFor(room, { name: 'remove', member: 'bob' }));

    const heard = [next(socket, 'removed'), next(tab, 'removed')];
    const closed = [next(socket, 'disconnect'), next(tab, 'disconnect')];
    await server.sockets.sessions.eject(room, 'bob', { until: null });

    expect(await Promise.all(heard)).toEqual([[{ until: null }], [{ until: null }]]);
    await Promise.all(closed);
    expect(await server.sockets.sessions.sessionsOf(room, 'bob')).toMatchObject({ sessions: 0 });
    for (const token of [server.tokenFor(room, 'bob'), server.tokenFor(room, 'bob', 'speaker')]) {
      const again = await server.member(token);
      expect(await again.emitWithAck('join')).toEqual({ ok: false, reason: 'removed' });
      expect(await again.emitWithAck('raise_hand')).toMatchObject({ reason: 'not_present' });
    }
  });

  it('stays present until the last of two tabs is gone, then counts as dropped', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');
    const tab = (await enter(room, 'bob')).socket;

    socket.disconnect();
    await eventually(
      () => server.sockets.sessions.sessionsOf(room, 'bob'),
      ({ sessions }) => sessions === 1,
    );
    expect(await presenceOf(room, 'bob')).toBe('present');

    tab.io.engine.close();
    await eventually(
      () => presenceOf(room, 'bob'),
      (presence) => presence === 'dropped',
    );
    await enter(room, 'bob');
    expect(await presenceOf(room, 'bob')).toBe('present');
  });

  it('leaves with a goodbye', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');

    expect(await socket.emitWithAck('leave')).toEqual({ ok: true });

    expect(await presenceOf(room, 'bob')).toBe('gone');
    expect(await socket.emitWithAck('leave')).toMatchObject({ reason: 'not_present' });
  });

  it('is told when the room ends', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');

    const heard = next(socket, 'room_ended');
    await server.app.end(room, 'platform:test');

    await heard;
    expect(await socket.emitWithAck('raise_hand')).toMatchObject({ reason: 'room_ended' });
  });

  it('reports once, pins the room, and is named to nobody', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');
    await enter(room, 'eve');
    const report = { id: randomUUID(), member: 'eve', category: 'harassment', text: 'Shouts' };

    const first = await socket.emitWithAck('report', report);
    const again = await socket.emitWithAck('report', report);
    const another = await socket.emitWithAck('report', { ...report, id: randomUUID() });

    const receipt = { action: 'report.filed', leaf: expect.any(String), index: null };
    expect(first).toMatchObject({ ok: true, reportId: report.id, receipt });
    expect(again).toEqual(first);
    expect(another).toEqual(first);
    const [row] = await base.db.sql`
      select count(*) as reports, bool_and(r.pinned_at is not null) as pinned
      from report join room r on r.id = room_id where room_id = ${room}`;
    expect(row).toEqual({ reports: 1, pinned: true });
    const events = await base.db.sql`
      select action, target_ref from audit.event
      where correlation_id = ${report.id} order by event_id`;
    expect(events.map(({ action, target_ref }) => [action, target_ref])).toEqual([
      ['report.filed', `report:${report.id}`],
      ['room.pinned', `room:${room}`],
    ]);
    expect(await socket.emitWithAck('report', { ...report, member: 'bob' })).toMatchObject({
      reason: 'yourself',
    });
  });

  it('gets a receipt for a report, and a proof of it that anybody can check', async () => {
    const room = await roomWithHost();
    const { socket } = await enter(room, 'bob');
    const other = (await enter(room, 'eve')).socket;
    const id = randomUUID();
    const filed = await socket.emitWithAck('report', { id, member: 'eve', category: 'other' });
    const asked = { report: id };
    if (!filed.ok) throw new Error(filed.reason);
    const { receipt } = filed;
    expect(JSON.parse(receipt.leaf)).toMatchObject({ id: receipt.event, k: 'event' });
    expect(JSON.stringify(receipt)).not.toMatch(/"bob|"eve"|member/);
    expect(await socket.emitWithAck('receipt', asked)).toEqual({ ok: true, receipt, proof: null });
    expect(await other.emitWithAck('receipt', asked)).toEqual({ ok: false, reason: 'forbidden' });

    const options = sequencerOptions(base);
    await sequenceAll(options);
    const later = await socket.emitWithAck('receipt', asked);
    expect(later).toMatchObject({ receipt: { ...receipt, index: expect.any(Number) } });
    const file = join(makeFolder(), 'report.tlog-proof');
    writeFileSync(file, (later.ok && later.proof) || '');
    const [key] = readLogKeys(options.keyFile, ORIGIN, true);
    const vkey = key ? formatVkey(key) : '';
    const checked = await runCommand(['audit', 'check', file, '--vkey', vkey], {});
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining(receipt.event) });
  });

  it('is asked for a cohort once, and its address is not kept', async () => {
    const room = await roomWithHost();
    const before = server.addresses.length;
    const { socket } = await enter(room, 'bob');

    expect(server.addresses.slice(before)).toEqual(['127.0.0.1']);
    const nsp = server.sockets.io.of('/member');
    const mine = nsp.sockets.get(socket.id as string);
    expect(mine?.conn.remoteAddress).toBe('');
    expect(mine?.request).toBeNull();
    expect(mine?.handshake).toEqual({ headers: {}, auth: {}, address: '' });
  });
});

describe('presence and sockets', () => {
  it('agree again after a server was killed: who has no socket is dropped', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const absentees = async (_room: string, members: readonly string[]) => [...members];

    const dropped = await dropLost(server.app, {
      absentees,
      changed: () => {},
      sessions: server.sockets.sessions,
    });

    expect(dropped).toBeGreaterThanOrEqual(2);
    expect(await presenceOf(room, 'bob')).toBe('dropped');
  });

  it('agree again when someone was dropped whose socket is here', async () => {
    const room = await roomWithHost();
    await enter(room, 'bob');

    await server.app.enter(room, {
      member: 'bob',
      actor: 'system',
      what: { kind: 'leave', goodbye: false },
    });

    await eventually(
      () => presenceOf(room, 'bob'),
      (presence) => presence === 'present',
    );
  });
});
