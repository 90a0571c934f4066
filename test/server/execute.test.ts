import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { execute } from '#server/rooms/execute.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { fileReport } from '#server/rooms/report.ts';
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
      select d.name, d.value from audit.disclosure d join audit.event e using (event_id)
      where e.correlation_id = ${command.id} order by d.name`,
    );
    expect(fields.map(({ name }) => name)).toEqual([
      'actor_name',
      'after',
      'before',
      'event',
      'policy',
      'reason',
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

describe('who may', () => {
  it('is read inside the transaction: a demoted moderator is refused the next moment', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { mod: 'moderator', bob: 'speaker' });
    const moderator = { kind: 'member', id: 'mod', room } as const;
    expect(await act(base.db, moderator, room, { name: 'mute', member: 'bob' })).toMatchObject({
      ok: true,
    });
    await act(base.db, actor, room, { name: 'demote', member: 'mod', to: 'listener' });
    expect(
      await act(base.db, moderator, room, { name: 'allow_to_speak', member: 'bob' }),
    ).toMatchObject({
      ok: false,
      reason: 'forbidden',
    });
  });

  it('keeps a host to the room of their link', async () => {
    const mine = await openRoomWith(base.db, { hoster: 'host' });
    const other = await openRoomWith(base.db, { hoster: 'host', bob: 'speaker' });
    const actor = { kind: 'member', id: 'hoster', room: mine } as const;
    expect(await act(base.db, actor, other, { name: 'mute', member: 'bob' })).toMatchObject({
      reason: 'forbidden',
    });
  });

  it('tells a stranger nothing: a room that is there and one that is not look alike', async () => {
    const { actor } = await addOperator(base.db, ['auditor', 'admin']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    for (const id of [room, 'no-such-room']) {
      expect(await act(base.db, actor, id, { name: 'mute', member: 'bob' })).toEqual({
        ok: false,
        reason: 'forbidden',
      });
    }
  });

  it('puts a refused attempt on a person on the record', async () => {
    const { actor, id } = await addOperator(base.db, ['auditor']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    await act(base.db, actor, room, { name: 'remove', member: 'bob' });
    const rows = await base.db.sql`
      select outcome from audit.event where actor_ref = ${`operator:${id}`} and room_ref = ${room}`;
    expect(rows.map(({ outcome }) => outcome)).toEqual(['refused']);
  });

  it('stops an actor who destroys too fast', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { a: 'speaker', b: 'speaker', c: 'speaker' });
    const limits = { destructivePerMinute: 2 };
    const answers = [];
    for (const member of ['a', 'b', 'c']) {
      answers.push(await act(base.db, actor, room, { name: 'mute', member }, limits));
    }
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual([
      'ok',
      'ok',
      'rate_limited',
    ]);
  });

  it('lets that actor mend, but not take away by taking back', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { a: 'speaker', b: 'speaker' });
    const limits = { destructivePerMinute: 2 };
    const mute = commandFor(room, { name: 'mute', member: 'a' });
    await execute(base.db, actor, mute, limits);
    await act(base.db, actor, room, { name: 'mute', member: 'b' }, limits);
    const undo = { name: 'undo', command: mute.id };
    expect(await act(base.db, actor, room, undo, limits)).toMatchObject({ ok: true });

    const allow = commandFor(room, { name: 'allow_to_speak', member: 'b' });
    expect((await execute(base.db, actor, allow, limits)).answer).toMatchObject({ ok: true });
    const back = { name: 'undo', command: allow.id };
    expect(await act(base.db, actor, room, back, limits)).toMatchObject({ reason: 'rate_limited' });
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
});

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
});

describe('what must not grow or tell', () => {
  it('a second report by the same person on the same person is refused while the first is open', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const report = { name: 'report', member: 'bob', category: 'hate' };
    expect(await act(base.db, actor, room, report)).toMatchObject({ ok: true });
    expect(await act(base.db, actor, room, report)).toEqual({
      ok: false,
      reason: 'already_reported',
    });
  });

  it('a report under an id that another report has is refused, not an error', async () => {
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

  it('a refused report names nobody in the public columns', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const command = commandFor(room, { name: 'report', member: 'hoster', category: 'hate' });
    const { answer } = await execute(base.db, { kind: 'member', id: 'hoster', room }, command);
    expect(answer).toMatchObject({ reason: 'yourself' });
    const rows = await base.db.sql`
      select actor_ref, outcome from audit.event where correlation_id = ${command.id}`;
    expect([...rows]).toEqual([{ actor_ref: 'reporter', outcome: 'refused' }]);
  });

  it('refused attempts fill the log only so far', async () => {
    const { actor, id } = await addOperator(base.db, ['auditor']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    for (let i = 0; i < 30; i++) await act(base.db, actor, room, { name: 'mute', member: 'bob' });
    const [row] = await base.db.sql`
      select count(*) as n from audit.event where actor_ref = ${`operator:${id}`}`;
    expect(row).toEqual({ n: 20 });
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

  it('a hand-over can be acknowledged after the room has ended', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { h: 'host' });
    const note = await act(base.db, actor, room, { name: 'hand_over', note: 'Two hands waited.' });
    if (!note.ok) throw new Error(note.reason);
    await act(base.db, actor, room, { name: 'end_room' });
    const seen = { name: 'acknowledge_hand_over', handOver: note.commandId };
    expect(await act(base.db, actor, room, seen)).toMatchObject({ ok: true });
  });
});

describe('hostile commands', () => {
  const good = () => ({ id: randomUUID(), room: 'r', name: 'mute', member: 'm', reason: 'x' });
  const hostile: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'mute bob'],
    ['an array', [good()]],
    ['an unknown field', { ...good(), admin: true }],
    ['an unknown command', { ...good(), name: 'drop_table' }],
    ['no reason', { ...good(), reason: '' }],
    ['a blank reason', { ...good(), reason: '   ' }],
    ['an id that is no uuid', { ...good(), id: '1' }],
    ['a member with a quote', { ...good(), member: "b'; drop table room; --" }],
    ['a prototype', JSON.parse('{"__proto__": {"name": "mute"}}')],
    ['a reason of 100,000 characters', { ...good(), reason: 'x'.repeat(100_000) }],
    ['minutes of infinity', { ...good(), name: 'remove', minutes: Number.POSITIVE_INFINITY }],
    ['minutes below one', { ...good(), name: 'calm_room', member: undefined, minutes: 0 }],
  ];
  it.each(hostile)('%s is refused as invalid', async (_, input) => {
    const { actor } = await addOperator(base.db, ['lead']);
    const { answer, change } = await execute(base.db, actor, input);
    expect(answer).toMatchObject({ ok: false, reason: 'invalid' });
    expect(change).toBeNull();
  });
  it('a NUL in a reason is refused, not a crash', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const { answer } = await execute(
      base.db,
      actor,
      commandFor(room, { name: 'mute', member: 'bob', reason: 'a\u0000b' }),
    );
    expect(answer).toMatchObject({ ok: false, reason: 'invalid' });
  });
});
