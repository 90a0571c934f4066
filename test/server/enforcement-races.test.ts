import { describe, expect, it } from 'vitest';
import { execute } from '#server/rooms/execute.ts';
import { until, useEnforcement } from '#test/support/enforcement.ts';
import { openFakePlane } from '#test/support/fake-plane.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const { open, work, rows, shown, stage } = useEnforcement(base);

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
