import { afterEach, expect } from 'vitest';
import {
  type EnforcementOptions,
  type EnforcementWorker,
  openEnforcementWorker,
} from '#server/jobs/enforcement.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { execute } from '#server/rooms/execute.ts';
import { type FakePlane, openFakePlane } from '#test/support/fake-plane.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

/** Enforcement workers, stopped after each test, and what they leave; none may log an error. */
export function useEnforcement(base: TestDatabase) {
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

  return { open, logged, work, rows, shown, stage };
}

/** Asks until it holds. @throws after four seconds */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It never came true');
}
