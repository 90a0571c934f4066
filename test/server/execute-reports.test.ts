import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { execute } from '#server/rooms/execute.ts';
import { fileReport } from '#server/rooms/report.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();

describe('a report', () => {
  it('is stored, pins the room, and leaves no trace a watcher of the room could see', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { h: 'host', bob: 'speaker' });
    const command = commandFor(room, {
      name: 'report',
      member: 'h',
      category: 'threat',
      text: 'x',
    });
    const { answer, change } = await execute(base.db, actor, command);
    expect(answer).toMatchObject({ ok: true });
    expect(change).toBeNull();
    const [row] = await base.db
      .sql`select subject_id, category from report where id = ${command.id}`;
    expect(row).toEqual({ subject_id: 'h', category: 'threat' });
    const [pinned] = await base.db
      .sql`select pinned_at is not null as pinned from room where id = ${room}`;
    expect(pinned).toEqual({ pinned: true });
    const onRecord = await base.db.sql`
      select action, actor_ref from audit.event where correlation_id = ${command.id} order by event_id`;
    expect(onRecord.map(({ action, actor_ref }) => [action, actor_ref])).toEqual([
      ['report.filed', 'reporter'],
      ['room.pinned', 'reporter'],
    ]);
  });

  it('is refused while another by the same person on the same person is open', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const report = { name: 'report', member: 'bob', category: 'hate' };
    expect(await act(base.db, actor, room, report)).toMatchObject({ ok: true });
    expect(await act(base.db, actor, room, report)).toEqual({
      ok: false,
      reason: 'already_reported',
    });
  });

  it('is refused, not an error, under an id that another report has', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker', eve: 'listener' });
    const id = randomUUID();
    await fileReport(base.db, {
      id,
      room,
      reporter: 'eve',
      member: 'bob',
      category: 'hate',
      text: '',
    });
    const { answer } = await execute(base.db, actor, {
      ...commandFor(room, { name: 'report', member: 'hoster', category: 'hate' }),
      id,
    });
    expect(answer).toEqual({ ok: false, reason: 'command_id_reused' });
  });

  it('names nobody in the public columns when it is refused', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const command = commandFor(room, { name: 'report', member: 'hoster', category: 'hate' });
    const { answer } = await execute(base.db, { kind: 'member', id: 'hoster', room }, command);
    expect(answer).toMatchObject({ reason: 'yourself' });
    const rows = await base.db.sql`
      select actor_ref, outcome from audit.event where correlation_id = ${command.id}`;
    expect([...rows]).toEqual([{ actor_ref: 'reporter', outcome: 'refused' }]);
  });
});
