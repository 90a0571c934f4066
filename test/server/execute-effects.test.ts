import { describe, expect, it } from 'vitest';
import { execute } from '#server/rooms/execute.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { publishClauses } from '#test/support/policies.ts';
import { useDatabase } from '#test/support/postgres.ts';
import {
  act,
  addOperator,
  asOwner,
  commandFor,
  joining,
  openRoomWith,
} from '#test/support/rooms.ts';

const base = useDatabase();

async function seat(room: string, member: string) {
  const [row] = await base.db.sql`
    select * from participant where room_id = ${room} and member_id = ${member}`;
  return row;
}

describe('a mute', () => {
  it('changes the participant, numbers one event, asks for enforcement and is on the record', async () => {
    await publishClauses(base.db, 'conduct');
    const { actor, id } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const command = commandFor(room, { name: 'mute', member: 'bob', policy: 'conduct' });

    const { answer, change } = await execute(base.db, actor, command);

    expect(answer).toMatchObject({ ok: true, repeated: false });
    expect(change?.events.map(({ body }) => body.type)).toEqual(['participant.muted']);
    expect(await seat(room, 'bob')).toMatchObject({ mute_rank: 3, enforcement: 'requested' });
    const pending = await base.db.sql`select state from enforcement where room_id = ${room}`;
    expect(pending.map(({ state }) => state)).toEqual(['requested']);
    const [event] = await base.db.sql`
      select action, outcome, actor_ref, target_ref, room_ref, correlation_id
      from audit.event where correlation_id = ${command.id}`;
    expect(event).toMatchObject({
      action: 'participant.muted',
      outcome: 'accepted',
      actor_ref: `operator:${id}`,
      room_ref: room,
    });
    const fields = await asOwner(
      base.ownerUrl,
      (sql) => sql`
      select d.name, d.subject_ref = e.actor_ref as by, d.subject_ref = e.target_ref as about
      from audit.disclosure d join audit.event e using (event_id)
      where e.correlation_id = ${command.id} order by d.name`,
    );
    // Whose each is, decides what goes when they are erased.
    expect(
      fields.map(({ name, by, about }) => [name, by ? 'actor' : about ? 'target' : null]),
    ).toEqual([
      ['actor_name', 'actor'],
      ['after', 'target'],
      ['before', 'target'],
      ['event', null],
      ['policy', null],
      ['reason', 'target'],
    ]);
  });

  it('is done once for one id, and answers the same again', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const command = commandFor(room, { name: 'mute', member: 'bob' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => execute(base.db, actor, command)));
    const ranges = answers.map(({ answer }) =>
      answer.ok ? [answer.from, answer.to] : answer.reason,
    );
    expect(new Set(ranges.map(String)).size).toBe(1);
    expect(answers.filter(({ answer }) => answer.ok && !answer.repeated)).toHaveLength(1);
    const rows = await base.db.sql`select seq from room_event where command_id = ${command.id}`;
    expect(rows).toHaveLength(1);
  });

  it('refuses an id that was used for something else', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { bob: 'speaker', eve: 'speaker' });
    const other = await openRoomWith(base.db, { bob: 'speaker' });
    const command = commandFor(room, { name: 'mute', member: 'bob' });
    await execute(base.db, actor, command);
    for (const reused of [
      { ...command, name: 'lower_hand' },
      { ...command, room: other },
    ]) {
      const { answer } = await execute(base.db, actor, reused);
      expect(answer).toMatchObject({ ok: false, reason: 'command_id_reused' });
    }
  });

  it('by two moderators at once happens once; the other is told so', async () => {
    const [one, two] = [
      await addOperator(base.db, ['moderator']),
      await addOperator(base.db, ['moderator']),
    ];
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const answers = await Promise.all(
      [one, two].map(({ actor }) => act(base.db, actor, room, { name: 'mute', member: 'bob' })),
    );
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason)).sort()).toEqual([
      'already_muted',
      'ok',
    ]);
  });
});

describe('undo', () => {
  it('gives back role, hand position and the right to come in', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { ann: 'listener', ben: 'listener' });
    await ingest(base.db, room, [
      { member: 'ann', actor: 'member:x', what: { kind: 'raise_hand' } },
      { member: 'ben', actor: 'member:x', what: { kind: 'raise_hand' } },
    ]);
    const before = await seat(room, 'ann');
    const promoted = await act(base.db, actor, room, {
      name: 'promote',
      member: 'ann',
      to: 'speaker',
    });
    if (!promoted.ok) throw new Error(promoted.reason);
    expect(await seat(room, 'ann')).toMatchObject({ role: 'speaker', hand_at: null });
    const undone = await act(base.db, actor, room, { name: 'undo', command: promoted.commandId });
    expect(undone).toMatchObject({ ok: true });
    const { role, hand_at } = (await seat(room, 'ann')) ?? {};
    expect({ role, hand_at }).toEqual({ role: before?.role, hand_at: before?.hand_at });
    const again = await act(base.db, actor, room, { name: 'undo', command: promoted.commandId });
    expect(again).toMatchObject({ reason: 'already_undone' });
    const [row] = await base.db.sql`
      select reverses_id is not null as linked from audit.event
      where correlation_id = ${undone.ok ? undone.commandId : ''}`;
    expect(row).toEqual({ linked: true });
  });

  it('of a mute or removal that replaced another leaves the other standing', async () => {
    const [lower, higher] = await Promise.all([
      addOperator(base.db, ['moderator']),
      addOperator(base.db, ['lead']),
    ]);
    const room = await openRoomWith(base.db, { ann: 'speaker', ben: 'speaker' });
    const mute = { name: 'mute', member: 'ann' };
    await act(base.db, lower.actor, room, mute);
    await act(base.db, lower.actor, room, { name: 'remove', member: 'ben' });
    const priors = () => base.db.sql`
      select prior_acts from member where id in ('ann', 'ben') order by id`;
    const before = [await seat(room, 'ann'), await seat(room, 'ben'), ...(await priors())];

    for (const fields of [mute, { name: 'remove', member: 'ben', minutes: 1 }]) {
      const raised = await act(base.db, higher.actor, room, fields);
      if (!raised.ok) throw new Error(raised.reason);
      const undo = { name: 'undo', command: raised.commandId };
      expect(await act(base.db, lower.actor, room, undo)).toMatchObject({ reason: 'outranked' });
      expect(await act(base.db, higher.actor, room, undo)).toMatchObject({ ok: true });
    }

    const after = [await seat(room, 'ann'), await seat(room, 'ben'), ...(await priors())];
    const standing = (rows: typeof after) =>
      rows.map((row) => [row?.mute_rank, row?.removed_until, row?.removal_rank, row?.prior_acts]);
    expect(standing(after)).toEqual(standing(before));
  });
});

describe('calm', () => {
  it('is one parent with children, and undo restores the stage, the hands and the door', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, {
      h: 'host',
      m: 'moderator',
      s1: 'speaker',
      s2: 'speaker',
      l: 'listener',
    });
    const calm = commandFor(room, { name: 'calm_room', minutes: 5 });
    const { answer } = await execute(base.db, actor, calm);
    expect(answer).toMatchObject({ ok: true });
    const [state] = await base.db
      .sql`select locked, hands_open, stage from room where id = ${room}`;
    expect(state).toMatchObject({ locked: true, hands_open: false, stage: 2 });
    const family = await base.db.sql`
      select action, parent_id from audit.event where correlation_id = ${calm.id}`;
    expect(
      family.filter(({ parent_id }) => parent_id === null).map(({ action }) => action),
    ).toEqual(['room.calmed']);
    expect(family).toHaveLength(5);
    const late = await ingest(base.db, room, [joining('newcomer')]);
    expect(late.answers).toEqual([{ ok: false, reason: 'room_locked' }]);
    const undone = await execute(
      base.db,
      { kind: 'system' },
      commandFor(room, { name: 'undo', command: calm.id }),
    );
    expect(undone.answer).toMatchObject({ ok: true });
    const [after] = await base.db
      .sql`select locked, hands_open, stage, calm_until from room where id = ${room}`;
    expect(after).toMatchObject({ locked: false, hands_open: true, stage: 4, calm_until: null });
  });

  it('someone who left during a calm does not come back as a speaker', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { h: 'host', stays: 'speaker', goes: 'speaker' });
    const calm = await act(base.db, actor, room, { name: 'calm_room', minutes: 5 });
    if (!calm.ok) throw new Error(calm.reason);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await ingest(base.db, room, [
      { member: 'goes', actor: 'member:x', what: { kind: 'leave', goodbye: true } },
    ]);
    await act(base.db, actor, room, { name: 'undo', command: calm.commandId });
    expect((await seat(room, 'stays'))?.role).toBe('speaker');
    expect((await seat(room, 'goes'))?.role).toBe('listener');
  });
});

describe('a hand-over', () => {
  it('can be acknowledged after the room has ended', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { h: 'host' });
    const note = await act(base.db, actor, room, { name: 'hand_over', note: 'Two hands waited.' });
    if (!note.ok) throw new Error(note.reason);
    await act(base.db, actor, room, { name: 'end_room' });
    const seen = { name: 'acknowledge_hand_over', handOver: note.commandId };
    expect(await act(base.db, actor, room, seen)).toMatchObject({ ok: true });
  });
});
