import { describe, expect, it } from 'vitest';
import type { RoomChange } from '#server/rooms/draft.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { until, useEnforcement } from '#test/support/enforcement.ts';
import { openFakePlane } from '#test/support/fake-plane.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const { work, rows, shown, stage } = useEnforcement(base);

describe('enforcement', () => {
  it('pushes the rights, believes the plane, and says so in the room once', async () => {
    const { room, plane, act } = await stage();
    const { worker, told } = work(plane);
    await act({ name: 'mute', member: 'bob' });
    expect(await shown(room, 'bob')).toBe('requested');

    await worker.pass();

    expect(await plane.observe({ room, member: 'bob' })).toMatchObject({
      sessions: 1,
      maySpeak: false,
    });
    const [row] = await rows(room);
    expect(row).toMatchObject({
      state: 'observed',
      attempts: 1,
      last_error: null,
      claimed_until: null,
    });
    expect(row?.delivered_at).toBeInstanceOf(Date);
    expect(row?.observed_at).toBeInstanceOf(Date);
    expect(await shown(room, 'bob')).toBe('observed');
    expect(told()).toEqual(['observed']);
    expect(await worker.pass()).toBe(0);
  });

  it('closes every session of a removed member and tells until when', async () => {
    const { room, plane, act } = await stage();
    plane.connect(room, 'bob', true);
    const { worker } = work(plane);
    await act({ name: 'remove', member: 'bob', minutes: 10 });
    await worker.pass();
    expect(await plane.observe({ room, member: 'bob' })).toMatchObject({ sessions: 0 });
    expect(plane.applied).toMatchObject([{ admitted: false, until: expect.stringMatching(/Z$/) }]);
  });

  it('is woken by a commit that asks for it, and by no other', async () => {
    const { room, plane, act } = await stage();
    const { worker } = work(plane);
    const locked = await act({ name: 'lock_room' });
    worker.heed(locked.change as RoomChange);
    const muted = await act({ name: 'mute', member: 'bob' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(plane.asked).toEqual([]);
    worker.heed(muted.change as RoomChange);
    await until(async () => (await shown(room, 'bob')) === 'observed');
  });

  it('finds what nobody woke it for by polling', async () => {
    const { room, plane, act } = await stage();
    work(plane, { pollMs: 20 });
    await act({ name: 'mute', member: 'bob' });
    await until(async () => (await shown(room, 'bob')) === 'observed');
  });
});

describe('a failing plane', () => {
  it('shows the failure once, tries again, and tells when it came true', async () => {
    const { room, plane, act } = await stage();
    const { worker, told } = work(plane, { pollMs: 5 });
    plane.faults.down = true;
    await act({ name: 'mute', member: 'bob' });
    await until(() => plane.asked.length >= 3);
    await worker.idle();
    expect(await shown(room, 'bob')).toBe('failed');
    expect(await rows(room)).toMatchObject([{ state: 'failed', last_error: 'ECONNREFUSED' }]);
    expect(told()).toEqual(['failed']);
    plane.faults.down = false;
    await until(async () => (await shown(room, 'bob')) === 'observed');
    expect(told()).toEqual(['failed', 'observed']);
    expect(await rows(room)).toMatchObject([{ state: 'observed', last_error: null }]);
  });

  it('waits longer after each failure', async () => {
    const { room, plane, act } = await stage();
    const { worker } = work(plane, { backoff: { firstMs: 60_000, mostMs: 60_000 } });
    plane.faults.down = true;
    await act({ name: 'mute', member: 'bob' });
    await worker.pass();
    expect(await worker.pass()).toBe(0);
    const [row] = await base.db.sql`
      select extract(epoch from next_attempt_at - now())::float as wait
      from enforcement where room_id = ${room}`;
    expect(row?.wait).toBeGreaterThan(25);
    expect(row?.wait).toBeLessThan(61);
  });

  it('does not take acceptance for truth', async () => {
    const { room, plane, act } = await stage();
    const { worker, told } = work(plane, { backoff: { firstMs: 1, mostMs: 1 } });
    plane.faults.deaf = true;
    await act({ name: 'mute', member: 'bob' });
    await worker.pass();
    expect(await rows(room)).toMatchObject([
      { state: 'delivered', observed_at: null, last_error: 'not_observed' },
    ]);
    expect(await shown(room, 'bob')).toBe('requested');
    await until(async () => (await worker.pass()) > 0 && (await shown(room, 'bob')) === 'failed');
    expect(told()).toEqual(['failed']);
    plane.faults.deaf = false;
    await until(async () => (await worker.pass()) > 0);
    expect(await shown(room, 'bob')).toBe('observed');
  });

  it('waits for a report that lags behind', async () => {
    const { room, plane, act } = await stage();
    const { worker } = work(plane);
    plane.faults.stale = true;
    setTimeout(() => {
      plane.faults.stale = false;
    }, 30);
    await act({ name: 'mute', member: 'bob' });
    await worker.pass();
    expect(await rows(room)).toMatchObject([{ state: 'observed', attempts: 1 }]);
  });
});

describe('the end of a room', () => {
  it('is one push that puts out all 1,000, and holds against latecomers', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `listener-${i}`);
    const room = await openRoomWith(
      base.db,
      Object.fromEntries(names.map((name) => [name, 'listener'])),
    );
    const plane = openFakePlane();
    for (const name of names) plane.connect(room, name, false);
    const { worker } = work(plane);
    await endRoom(base.db, room, 'platform:test');
    await worker.pass();
    expect(await plane.observe({ room, member: null })).toMatchObject({ sessions: 0 });
    expect(plane.asked).toEqual([{ room, member: null }]);
    expect(await rows(room)).toMatchObject([{ member_id: null, state: 'observed' }]);
    plane.connect(room, 'listener-7', false, true);
    await until(async () => (await plane.observe({ room, member: null })).sessions === 0);
  });

  it('keeps a push due that failed', async () => {
    const { room, plane } = await stage();
    const { worker } = work(plane, { backoff: { firstMs: 1, mostMs: 1 } });
    plane.faults.down = true;
    await endRoom(base.db, room, 'platform:test');
    await worker.pass();
    expect(await rows(room)).toMatchObject([{ state: 'failed', last_error: 'ECONNREFUSED' }]);
    plane.faults.down = false;
    await until(async () => (await worker.pass()) === 1);
    expect(await rows(room)).toMatchObject([{ state: 'observed' }]);
  });
});
