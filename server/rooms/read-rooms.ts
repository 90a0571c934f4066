import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { urgencyOf } from '#app/domain/rooms/urgency.ts';
import type { Db } from '#db/client.ts';

/** A row of the list of rooms without who watches it, which only the sockets know. */
export type RoomNumbers = Omit<RoomRow, 'watchers'>;

interface Row {
  id: string;
  title: string;
  language: string;
  status: 'live' | 'ended';
  seq: number;
  present: number;
  stage: number;
  hands: number;
  attendants: number;
  locked: boolean;
  calm_until: Date | null;
  opened_at: Date;
  unattended_since: Date | null;
  hand_over_due: boolean;
  reports: number;
  failed: number;
  incident_kind: 'sudden_drop' | 'raid' | null;
  incident_at: Date | null;
  incident_people: number | null;
  incident_seconds: number | null;
}

/** Reads all live rooms with their numbers, in one statement; most urgent first. */
export async function readRooms(db: Db): Promise<RoomNumbers[]> {
  // Per room: counts over report_room and enforcement_open, the newest entry of incident_room.
  const rows = await db.sql<Row[]>`
    select r.id, r.title, r.language, r.status, r.seq, r.present, r.stage, r.hands, r.attendants,
      r.locked, r.calm_until, r.opened_at, r.unattended_since,
      coalesce(now() > r.shift_since + make_interval(hours => r.shift_hours), false)
        as hand_over_due,
      (select count(*) from report where room_id = r.id and closed_at is null) as reports,
      (select count(*) from enforcement
        where room_id = r.id and state = 'failed'
          and state in ('requested', 'delivered', 'failed')) as failed,
      i.kind as incident_kind, i.at as incident_at, i.people as incident_people,
      i.seconds as incident_seconds
    from room r
    left join lateral (
      select kind, at, people, seconds from incident
      where room_id = r.id and at > now() - interval '30 minutes'
      order by at desc limit 1
    ) i on true
    where r.status = 'live'`;
  return rows.map(numbersOf).sort(byUrgency);
}

/** Most urgent first; ids decide between equals, so that the order is steady. */
export function byUrgency(a: RoomNumbers, b: RoomNumbers): number {
  return b.urgency - a.urgency || (a.id < b.id ? -1 : 1);
}

/** What a host may see of their room: reports are not for them, whoever they are about. */
export function withoutReports<Room extends RoomNumbers>(room: Room): Room {
  const seen = { ...room, reports: 0 };
  return { ...seen, urgency: urgencyOf(seen) };
}

function numbersOf(row: Row): RoomNumbers {
  const numbers = {
    id: row.id,
    title: row.title,
    language: row.language,
    status: row.status,
    seq: row.seq,
    counts: {
      present: row.present,
      stage: row.stage,
      hands: row.hands,
      attendants: row.attendants,
    },
    locked: row.locked,
    calmUntil: row.calm_until?.getTime() ?? null,
    openedAt: row.opened_at.getTime(),
    unattendedSince: row.unattended_since?.getTime() ?? null,
    reports: row.reports,
    failedEnforcements: row.failed,
    handOverDue: row.hand_over_due,
    incident: incidentOf(row),
  };
  return { ...numbers, urgency: urgencyOf(numbers) };
}

function incidentOf(row: Row): RoomNumbers['incident'] {
  if (row.incident_kind === null || row.incident_at === null) return null;
  return {
    kind: row.incident_kind,
    at: row.incident_at.getTime(),
    people: row.incident_people ?? 0,
    seconds: row.incident_seconds ?? 0,
  };
}
