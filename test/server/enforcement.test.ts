import { afterEach, describe, expect, it } from 'vitest';
import { openReportDesk } from '#server/jobs/enforcement/reports.ts';
import {
  type EnforcementOptions,
  type EnforcementWorker,
  openEnforcementWorker,
} from '#server/jobs/enforcement.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { execute } from '#server/rooms/execute.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { type FakePlane, openFakePlane } from '#test/support/fake-plane.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const open: EnforcementWorker[] = [];
const logged: unknown[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((worker) => worker.stop()));
  expect(logged.splice(0)).toEqual([]);
});

function work(plane: FakePlane, options: Partial<EnforcementOptions> = {}) {
  const changes: RoomChange[] = [];
  const worker = openEnforcementWorker({
    db: base.db,
    plane,
    committed: (change) => void changes.push(change),
    log: { error: (...line: unknown[]) => void logged.push(line) },
    pollMs: 0,
    backoff: { firstMs: 20, mostMs: 40 },
    ...options,
  });
  open.push(worker);
  const told = () =>
    changes.flatMap(({ events }) =>
      events.flatMap(({ body }) => (body.type === 'enforcement.changed' ? body.state : [])),
    );
  return { worker, told };
}

async function rows(room: string) {
  return base.db.sql`
    select member_id, state, attempts, last_error, delivered_at, observed_at, claimed_until
    from enforcement where room_id = ${room} order by seq, member_id`;
}

async function shown(room: string, member: string) {
  const [row] = await base.db.sql`
    select enforcement from participant where room_id = ${room} and member_id = ${member}`;
  return row?.enforcement;
}

/** A room with a speaker who is connected, and an operator. */
async function stage() {
  const { actor } = await addOperator(base.db, ['lead']);
  const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
  const plane = openFakePlane();
  plane.connect(room, 'bob', true);
  const act = async (fields: Record<string, unknown>) => {
    const done = await execute(base.db, actor, commandFor(room, fields));
    expect(done.answer).toMatchObject({ ok: true });
    return done;
  };
  return { room, plane, act };
}

const until = async (holds: () => Promise<boolean> | boolean) => {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It never came true');
};

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

describe('races', () => {
  it('a slow worker overtaken by a newer command neither claims truth nor leaves its trace', async () => {
    const { room, plane, act } = await stage();
    const slow = work(plane);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    plane.faults.before = (_, { maySpeak }) => (maySpeak ? Promise.resolve() : held);
    await act({ name: 'mute', member: 'bob' });
    const overtaken = slow.worker.pass();
    await until(() => plane.asked.length === 1);

    await act({ name: 'allow_to_speak', member: 'bob' });
    const fast = work(plane);
    await fast.worker.pass();
    expect(await rows(room)).toMatchObject([{ state: 'superseded' }, { state: 'observed' }]);
    letGo();
    await overtaken;
    // The late push has muted bob in the plane; looking again must find and mend it.
    expect(slow.told()).not.toContain('observed');
    await until(async () => (await plane.observe({ room, member: 'bob' })).maySpeak);
    await slow.worker.idle();
    expect(await shown(room, 'bob')).toBe('observed');
    expect((await rows(room)).filter(({ state }) => state === 'superseded')).toHaveLength(1);
  });

  it('mends what a push does that ends after it was given up', async () => {
    const { room, plane, act } = await stage();
    const { worker } = work(plane, { timeoutMs: 40 });
    let first = true;
    plane.faults.before = async () => {
      if (!first) return;
      first = false;
      await new Promise((resolve) => setTimeout(resolve, 250));
    };
    await act({ name: 'mute', member: 'bob' });
    await worker.pass();
    expect(await rows(room)).toMatchObject([{ state: 'failed', last_error: 'timeout' }]);
    await act({ name: 'allow_to_speak', member: 'bob' });
    await worker.pass();
    expect(await shown(room, 'bob')).toBe('observed');
    await until(() => plane.applied.length >= 3);
    await until(async () => (await plane.observe({ room, member: 'bob' })).maySpeak);
    await worker.idle();
    expect(await shown(room, 'bob')).toBe('observed');
  });

  it('reads the rights that hold when it pushes, not those of the command', async () => {
    const { room, plane, act } = await stage();
    await act({ name: 'mute', member: 'bob' });
    await act({ name: 'allow_to_speak', member: 'bob' });
    await act({ name: 'mute', member: 'bob' });
    const { worker, told } = work(plane);
    await worker.pass();
    expect(plane.applied).toHaveLength(1);
    expect(plane.applied).toMatchObject([{ maySpeak: false }]);
    const states = (await rows(room)).map(({ state }) => state);
    expect(states).toEqual(['superseded', 'superseded', 'observed']);
    expect(told()).toEqual(['observed']);
  });

  it('two workers at once push each row once', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const names = Array.from({ length: 60 }, (_, i) => `speaker-${i}`);
    const room = await openRoomWith(
      base.db,
      Object.fromEntries([['ann', 'host'], ...names.map((name) => [name, 'speaker'])]),
    );
    const plane = openFakePlane();
    for (const name of names) plane.connect(room, name, true);
    await execute(base.db, actor, commandFor(room, { name: 'calm_room', minutes: 5 }));
    const both = [work(plane, { batch: 7 }), work(plane, { batch: 7 })];
    for (const { worker } of both) worker.wake();
    await until(async () => (await rows(room)).every(({ state }) => state === 'observed'));
    await Promise.all(both.map(({ worker }) => worker.idle()));
    expect(plane.applied).toHaveLength(60);
    expect(both.flatMap(({ told }) => told())).toHaveLength(60);
    for (const name of names) {
      expect(await plane.observe({ room, member: name })).toMatchObject({ maySpeak: false });
    }
  });

  it('takes over from a worker that died between any two steps', async () => {
    const { room, plane, act } = await stage();
    await act({ name: 'mute', member: 'bob' });
    const dying = work(plane, { leaseMs: 150 });
    plane.faults.before = () => new Promise(() => {});
    void dying.worker.pass().catch(() => {});
    open.splice(open.indexOf(dying.worker), 1);
    await until(() => plane.asked.length === 1);
    plane.faults.before = null;
    const { worker } = work(plane);
    expect(await worker.pass()).toBe(0);
    await until(async () => (await worker.pass()) === 1);
    expect(await shown(room, 'bob')).toBe('observed');
    expect(await rows(room)).toMatchObject([{ state: 'observed', attempts: 2 }]);
  });
});

describe('what the plane reports by itself', () => {
  it('throws out again whoever comes back with an old token', async () => {
    const { room, plane, act } = await stage();
    const { worker, told } = work(plane);
    await act({ name: 'remove', member: 'bob' });
    await worker.pass();
    plane.connect(room, 'bob', true, true);
    await until(async () => (await plane.observe({ room, member: 'bob' })).sessions === 0);
    await worker.idle();
    expect(told()).toEqual(['observed', 'requested', 'observed']);
  });

  it('withdraws the right to speak that an old token gave back', async () => {
    const { room, plane, act } = await stage();
    const { worker } = work(plane);
    await act({ name: 'mute', member: 'bob' });
    await worker.pass();
    plane.connect(room, 'bob', true, true);
    await until(async () => !(await plane.observe({ room, member: 'bob' })).maySpeak);
    await until(async () => (await shown(room, 'bob')) === 'observed');
  });

  it('looks at many contradictions together, but not at all at once', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `speaker-${i}`);
    const room = await openRoomWith(
      base.db,
      Object.fromEntries(names.map((name) => [name, 'speaker'])),
    );
    let looking = 0;
    let most = 0;
    let looked = 0;
    const desk = openReportDesk({
      db: base.db,
      plane: {
        async observe(target) {
          most = Math.max(most, ++looking);
          await new Promise((resolve) => setTimeout(resolve, 20));
          looking--;
          looked++;
          return { ...target, sessions: 1, maySpeak: true };
        },
      },
      renewed: () => {},
      failed: (error) => void logged.push(error),
    });
    for (const member of names) desk.take({ room, member, sessions: 1, maySpeak: false });
    await desk.idle();
    expect(looked).toBe(120);
    expect(most).toBe(50);
  });

  it('does nothing about what is as it should be', async () => {
    const { room, plane } = await stage();
    const { worker } = work(plane);
    plane.connect(room, 'bob', true, true);
    plane.connect(room, 'a-stranger', false, true);
    await worker.idle();
    expect(await rows(room)).toHaveLength(0);
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
