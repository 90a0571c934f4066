import { describe, expect, it } from 'vitest';
import { openReportDesk } from '#server/jobs/enforcement/reports.ts';
import { until, useEnforcement } from '#test/support/enforcement.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const { logged, work, rows, shown, stage } = useEnforcement(base);

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
