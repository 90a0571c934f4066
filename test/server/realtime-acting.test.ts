import { describe, expect, it } from 'vitest';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { useConsoles, watching } from '#test/support/consoles.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { eventually, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);
const { signIn, signInHost } = useConsoles(base, server);

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
