import { afterEach, describe, expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { revertCalms } from '#server/jobs/calm.ts';
import { type Loop, openLoop } from '#server/jobs/loop.ts';
import { endRemovals, expireDropped } from '#server/jobs/seats.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRoomFacts } from '#test/support/room-facts.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const { seats, head, types, say } = useRoomFacts(base);
const MINUTE = 60_000;
const GRACE = 5 * MINUTE;
const loops: Loop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

const silent = { error: () => {} };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('calm', () => {
  it('reverts exactly, once, by the system, however many loops try', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, {
      ann: 'host',
      bob: 'speaker',
      cem: 'speaker',
      dil: 'listener',
    });
    await say(room, 'dil', { kind: 'raise_hand' });
    const before = { seats: await seats(room), head: await head(room) };
    await act(base.db, actor, room, { name: 'calm_room', minutes: 5 });
    expect(await head(room)).toMatchObject({ locked: true, hands_open: false, stage: 1 });

    await revertCalms(buildApp(base.db), Date.now() + 4 * MINUTE);
    expect(await head(room)).toMatchObject({ locked: true });

    for (let process = 0; process < 2; process++) {
      const app = buildApp(base.db);
      const run = (now: number) => revertCalms(app, now + 6 * MINUTE);
      loops.push(openLoop(base.db, silent, [{ name: 'calm', everyMs: 5, firstMs: 0, run }]));
    }
    await Promise.all([
      revertCalms(buildApp(base.db), Date.now() + 6 * MINUTE),
      revertCalms(buildApp(base.db), Date.now() + 6 * MINUTE),
      pause(120),
    ]);

    expect({ seats: await seats(room), head: await head(room) }).toEqual(before);
    expect((await types(room)).filter((type) => type === 'room.calm_reverted')).toHaveLength(1);
    const log = await base.db.sql`
      select actor_ref, reverses_id from audit.event
      where room_ref = ${room} and action = 'room.calm_reverted'`;
    expect(log).toHaveLength(1);
    expect(log[0]?.actor_ref).toBe('system');
    expect(log[0]?.reverses_id).not.toBeNull();
  });

  it('leaves alone what a host took back before', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
    const calm = await act(base.db, actor, room, { name: 'calm_room', minutes: 1 });
    await act(base.db, actor, room, { name: 'undo', command: calm.ok ? calm.commandId : '' });
    expect(await revertCalms(buildApp(base.db), Date.now() + 2 * MINUTE)).toBe(0);
    expect((await types(room)).filter((type) => type === 'room.calm_reverted')).toHaveLength(1);
  });
});

describe('a removal for a time', () => {
  it('ends when the time is over, as a listener, on the record by the system', async () => {
    const { actor } = await addOperator(base.db, ['moderator']);
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker', eve: 'listener' });
    await act(base.db, actor, room, { name: 'remove', member: 'bob', minutes: 10 });
    await act(base.db, actor, room, { name: 'remove', member: 'eve' });
    const app = buildApp(base.db);

    await endRemovals(app, Date.now() + 9 * MINUTE);
    expect((await seats(room))[1]?.removed_at).not.toBeNull();

    await Promise.all([1, 2].map(() => endRemovals(app, Date.now() + 11 * MINUTE)));
    const [, bob, eve] = await seats(room);
    expect(bob).toMatchObject({ removed_at: null, removed_until: null, role: 'listener' });
    expect(eve?.removed_at).not.toBeNull();
    const log = await base.db.sql`
      select actor_ref, outcome from audit.event
      where room_ref = ${room} and action = 'participant.readmitted'`;
    expect(log).toEqual([{ actor_ref: 'system', outcome: 'accepted' }]);
    const [pending] = await base.db.sql`
      select state from enforcement where room_id = ${room} and member_id = 'bob' order by seq desc`;
    expect(pending?.state).toBe('requested');
  });
});

describe('the grace period', () => {
  async function onStageWithHand() {
    const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker', dil: 'listener' });
    await say(room, 'dil', { kind: 'raise_hand' });
    const before = await seats(room);
    await say(room, 'bob', { kind: 'leave', goodbye: false });
    await say(room, 'dil', { kind: 'leave', goodbye: false });
    return { room, before };
  }

  it('keeps role and hand of whoever comes back in it', async () => {
    const { room, before } = await onStageWithHand();
    await expireDropped(buildApp(base.db), Date.now() + GRACE - MINUTE, GRACE);
    await ingest(base.db, room, [joining('bob'), joining('dil')]);
    expect(await seats(room)).toEqual(before);
    await expireDropped(buildApp(base.db), Date.now() + 2 * GRACE, GRACE);
    expect(await seats(room)).toEqual(before);
  });

  it('counts whoever stays away as gone, once', async () => {
    const { room } = await onStageWithHand();
    const app = buildApp(base.db);
    await Promise.all([1, 2].map(() => expireDropped(app, Date.now() + GRACE + 1_000, GRACE)));
    const [, bob, dil] = await seats(room);
    expect(bob).toMatchObject({ presence: 'gone', role: 'listener' });
    expect(dil).toMatchObject({ presence: 'gone', hand_at: null });
    expect((await types(room)).filter((type) => type === 'participant.left')).toHaveLength(2);
    expect(await head(room)).toMatchObject({ present: 1, hands: 0, stage: 1 });
  });

  it('starts again with each drop', async () => {
    const { room } = await onStageWithHand();
    await base.db.sql`
      update participant set left_at = left_at - interval '10 minutes'
      where room_id = ${room} and member_id = 'dil'`;
    await ingest(base.db, room, [joining('bob')]);
    await say(room, 'bob', { kind: 'leave', goodbye: false });
    await expireDropped(buildApp(base.db), Date.now(), GRACE);
    const [, bob, dil] = await seats(room);
    expect(bob).toMatchObject({ presence: 'dropped', role: 'speaker' });
    expect(dil).toMatchObject({ presence: 'gone' });
  });
});
