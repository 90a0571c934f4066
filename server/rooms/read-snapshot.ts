import { packPeople } from '#app/domain/rooms/roster.ts';
import type {
  FloorSegment,
  IncidentView,
  PresencePoint,
  RoomSnapshot,
} from '#app/domain/rooms/snapshot.ts';
import type { Db, Transaction } from '#db/client.ts';
import {
  type CardRecord,
  cardOf,
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from './rows.ts';

/** How far back the timelines of a snapshot go. */
const HOURS = 3;
const MOST_SEGMENTS = 500;
/** Events that the line of presence is made from, at most. */
const MOST_PRESENCE = 20_000;
const BUCKET_SECONDS = 30;

/** Reads a room at one `seq`, everything as of the same moment; null when there is no such room. */
export function readSnapshot(db: Db, roomId: string): Promise<RoomSnapshot | null> {
  return db.begin((tx) => readIn(tx, roomId));
}

async function readIn(tx: Transaction, roomId: string): Promise<RoomSnapshot | null> {
  const [, [record], people, floor, points, incidents] = await Promise.all([
    tx`set transaction isolation level repeatable read read only`.execute(),
    tx<RoomRecord[]>`select * from room where id = ${roomId}`,
    readPeople(tx, roomId),
    readFloor(tx, roomId),
    readPresence(tx, roomId),
    readIncidents(tx, roomId),
  ]);
  if (!record) return null;
  const seated = people.map((row) => ({ person: participantOf(row), card: cardOf(row) }));
  for (const { person } of seated) {
    if (person.floorSince !== null) {
      floor.push({ member: person.memberId, from: person.floorSince, to: null });
    }
  }
  return {
    room: roomOf(record),
    people: packPeople(seated),
    floor,
    presence: presenceOf(points, record.present),
    incidents,
  };
}

/** Everyone a screen can show: in the room, or away with something that still holds. */
function readPeople(tx: Transaction, roomId: string) {
  return tx<(ParticipantRecord & CardRecord)[]>`
    select p.*, m.name, m.handle, m.locale, i.name as inviter_name,
      m.joined_platform_at as member_since, m.prior_acts
    from participant p
    join member m on m.id = p.member_id
    left join member i on i.id = m.inviter_id
    where p.room_id = ${roomId} and (
      p.presence <> 'gone' or p.mute_rank > 0 or p.removed_at is not null
      or p.role in ('host', 'moderator') or p.enforcement in ('requested', 'delivered', 'failed')
      or p.member_id in (${recentSegments(tx, roomId, tx`member_id`)}))
    order by p.ord`;
}

async function readFloor(tx: Transaction, roomId: string): Promise<FloorSegment[]> {
  const rows = await tx<{ member_id: string; from: Date; to: Date }[]>`
    ${recentSegments(tx, roomId, tx`member_id, "from", "to"`)}`;
  return rows
    .map(({ member_id, from, to }) => ({
      member: member_id,
      from: from.getTime(),
      to: to.getTime(),
    }))
    .reverse();
}

function recentSegments(tx: Transaction, roomId: string, columns: ReturnType<Transaction>) {
  return tx`
    select ${columns} from floor_segment
    where room_id = ${roomId} and "to" > now() - ${`${HOURS} hours`}::interval
    order by "to" desc limit ${MOST_SEGMENTS}`;
}

/** Changes of the number present, per half minute; what a member was before is in their last event. */
function readPresence(tx: Transaction, roomId: string) {
  return tx<{ bucket: number; delta: number }[]>`
    select bucket::int8 as bucket, sum(here - coalesce(before, first))::int as delta
    from (
      select floor(extract(epoch from at) / ${BUCKET_SECONDS}::int) as bucket, here,
        lag(here) over (partition by member order by seq) as before,
        case when here = 1 or (type = 'participant.left' and not goodbye) then 0 else 1 end as first
      from (
        select seq, at, body->>'member' as member, body->>'type' as type,
          coalesce((body->>'goodbye')::boolean, true) as goodbye,
          case when body->>'type' = 'participant.joined' then 1 else 0 end as here
        from room_event
        where room_id = ${roomId} and at > now() - ${`${HOURS} hours`}::interval
          and seq > (select seq from room where id = ${roomId}) - ${MOST_PRESENCE}::int
          and body->>'type' in ('participant.joined', 'participant.left', 'participant.dropped',
            'participant.removed')
      ) events
    ) steps
    group by bucket order by bucket`;
}

function presenceOf(
  changes: readonly { bucket: number; delta: number }[],
  now: number,
): PresencePoint[] {
  let present = now;
  const points: PresencePoint[] = [];
  for (const { bucket, delta } of [...changes].reverse()) {
    points.push({ at: (bucket + 1) * BUCKET_SECONDS * 1_000, present });
    present -= delta;
  }
  return points.reverse();
}

async function readIncidents(tx: Transaction, roomId: string): Promise<IncidentView[]> {
  const rows = await tx<
    {
      id: string;
      kind: IncidentView['kind'];
      at: Date;
      people: number;
      seconds: number;
      share: number;
      returned: number;
      returned_elsewhere: number;
      inviter_name: string | null;
    }[]
  >`
    select i.*, m.name as inviter_name
    from incident i left join member m on m.id = i.inviter_id
    where i.room_id = ${roomId} order by i.at desc limit 20`;
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    at: row.at.getTime(),
    people: row.people,
    seconds: row.seconds,
    share: row.share,
    returned: row.returned,
    returnedElsewhere: row.returned_elsewhere,
    inviterName: row.inviter_name,
  }));
}
