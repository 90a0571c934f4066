import { randomUUID } from 'node:crypto';
import { record } from '#app/domain/rooms/fold.ts';
import type { Db } from '#db/client.ts';
import {
  isTrue,
  type MediaPlane,
  type PlaneReport,
  type PlaneRights,
} from '#server/media/plane.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { transact } from '#server/rooms/transact.ts';
import { keyOf, readRights, rightsOf } from './rights.ts';

export interface ReportDesk {
  /** Takes what the plane says without being asked. */
  take(report: PlaneReport): void;
  /** Resolves when every report taken has been looked at. */
  idle(): Promise<void>;
}

export interface ReportDeskOptions {
  db: Db;
  plane: Pick<MediaPlane, 'observe'>;
  /** Tells everyone of a committed change and gets the worker going. */
  renewed: (change: RoomChange | null) => void;
  failed: (error: unknown) => void;
}

/** How long a report waits for company, in milliseconds: thousands may come in at once. */
const GATHER_MS = 50;
/** Questions to the plane under way at once. */
const TOGETHER = 50;

/** Compares reports with the rights that hold and asks for enforcement where they differ. */
export function openReportDesk(options: ReportDeskOptions): ReportDesk {
  const { db, plane, renewed, failed } = options;
  let waiting = new Map<string, PlaneReport>();
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const reports = [...waiting.values()];
      waiting = new Map();
      try {
        for (const [room, wrong] of await contradictions(db, plane, reports)) {
          renewed(await renew(db, room, wrong));
        }
      } catch (error) {
        failed(error);
      }
    }
    working = null;
  }

  return {
    take(report) {
      // Where nobody is connected, nothing can be wrong.
      if (report.sessions === 0) return;
      waiting.set(keyOf(report.room, report.member), report);
      working ??= work();
    },
    idle: () => working ?? Promise.resolve(),
  };
}

async function contradictions(
  db: Db,
  plane: Pick<MediaPlane, 'observe'>,
  reports: readonly PlaneReport[],
) {
  const rights = await readRights(db.sql, reports);
  const compared = reports.map((told, index) => ({ told, desired: rights[index] as PlaneRights }));
  const doubtful = compared.filter(({ told, desired }) => !isTrue(told, desired));
  const wrong: PlaneReport[] = [];
  for (let from = 0; from < doubtful.length; from += TOGETHER) {
    const looking = doubtful.slice(from, from + TOGETHER).map(async ({ told, desired }) => {
      // A report from the middle of a push is old by now.
      const seen = plane.observe({ room: told.room, member: told.member });
      const report = await seen.catch(() => told);
      if (!isTrue(report, desired)) wrong.push(report);
    });
    await Promise.all(looking);
  }
  return Map.groupBy(wrong, ({ room }) => room);
}

/** Makes enforcement due at once; whoever is at work on it is overtaken. */
async function renew(db: Db, roomId: string, reports: readonly PlaneReport[]) {
  const members = reports.flatMap(({ member }) => member ?? []);
  return transact(db, roomId, members, async (draft, tx) => {
    for (const report of reports) {
      const person = report.member === null ? null : draft.people.get(report.member);
      // Whoever has no seat yet is on their way in; the join itself is checked.
      if (person === undefined || isTrue(report, rightsOf(draft.room, person, Date.now())))
        continue;
      const open = await tx`
        update enforcement set next_attempt_at = clock_timestamp(), claimed_until = null,
          attempts = attempts + 1
        where room_id = ${roomId} and member_id is not distinct from ${report.member}
          and state in ('requested', 'delivered', 'failed')`;
      if (open.count > 0) continue;
      if (person !== null) {
        const body = {
          type: 'enforcement.changed',
          member: person.memberId,
          state: 'requested',
        } as const;
        record(draft, [body], Date.now(), null);
      }
      await tx`
        insert into enforcement (id, room_id, member_id, seq, state, next_attempt_at, requested_at)
        values (${randomUUID()}, ${roomId}, ${report.member}, ${draft.room.seq}, 'requested',
          clock_timestamp(), clock_timestamp())`;
    }
    return [];
  });
}
