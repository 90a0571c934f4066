import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { execute } from '#server/rooms/execute.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();

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

  it('fills the log with refused attempts only so far', async () => {
    const { actor, id } = await addOperator(base.db, ['auditor']);
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    for (let i = 0; i < 30; i++) await act(base.db, actor, room, { name: 'mute', member: 'bob' });
    const [row] = await base.db.sql`
      select count(*) as n from audit.event where actor_ref = ${`operator:${id}`}`;
    expect(row).toEqual({ n: 20 });
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
