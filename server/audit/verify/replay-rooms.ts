import { type Findings, MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/** Rooms fetched at a time. */
const BATCH = 1_000;
/** The newest accepted event about one side of a room's state, among those that change it. */
interface Newest {
  action: string;
  event: string;
}

interface RoomState {
  id: string;
  locked: boolean;
  hands_open: boolean;
  status: string;
  calm: boolean;
  calm_until: Date | null;
  pinned: boolean;
  purged: boolean;
  /** By action, the newest event's id. */
  newest: Record<string, string> | null;
  calm_after: string | null;
}

/** For each side of a room: what it is, and which of two events came last. */
const SIDES: {
  is: (room: RoomState) => boolean;
  what: string;
  on: string;
  off: string[];
}[] = [
  { is: (room) => room.locked, what: 'locked', on: 'room.locked', off: ['room.unlocked'] },
  {
    is: (room) => !room.hands_open,
    what: 'closed to hands',
    on: 'hands.closed',
    off: ['hands.opened'],
  },
  { is: (room) => room.status === 'ended', what: 'ended', on: 'room.ended', off: [] },
  {
    is: (room) => room.calm,
    what: 'calm',
    on: 'room.calmed',
    off: ['room.calm_reverted', 'room.ended'],
  },
  { is: (room) => room.pinned, what: 'pinned', on: 'room.pinned', off: ['room.unpinned'] },
  { is: (room) => room.purged, what: 'purged', on: 'room.purged', off: [] },
];

/** Compares each room's state with the newest events about it. */
export async function replayRooms(
  sql: Snapshot,
  findings: Findings,
  unfounded: readonly string[],
): Promise<void> {
  const rooms = sql<RoomState[]>`
    with said as (
      select e.target_ref, e.action, max(e.event_id::text) as event
      from public.room r join audit.event e on e.target_ref = 'room:' || r.id
      where e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
      group by e.target_ref, e.action
    ), about as materialized (
      select target_ref, jsonb_object_agg(action, event) as newest from said group by target_ref
    )
    select r.id, r.locked, r.hands_open, r.status, r.calm_command_id is not null as calm,
      r.calm_until, r.pinned_at is not null as pinned, r.purged_at is not null as purged, a.newest,
      (select f.value from audit.disclosure f
        where f.event_id = (a.newest->>'room.calmed')::uuid and f.name = 'after') as calm_after
    from public.room r left join about a on a.target_ref = 'room:' || r.id order by r.id`;
  await rooms.cursor(BATCH, (batch) => {
    for (const room of batch) checkRoom(room, findings);
  });
  const lost = await sql<{ event: string; room: string }[]>`
    select max(e.event_id::text) as event, e.target_ref as room from audit.event e
    where e.action = 'room.opened' and e.outcome = 'accepted'
      and e.event_id <> all (${unfounded}::uuid[])
      and not exists (select from public.room r where 'room:' || r.id = e.target_ref)
    group by e.target_ref order by 1 limit ${MOST_NAMED}`;
  for (const { event, room } of lost) {
    findings.add('tampered', `${room} was opened, but is gone`, { event });
  }
}

function checkRoom(room: RoomState, findings: Findings): void {
  const newest = room.newest ?? {};
  const tampered = (what: string, event?: string) =>
    findings.add('tampered', `room:${room.id} ${what}`, event === undefined ? {} : { event });
  if (room.newest === null) tampered('has no event about it');
  for (const { is, what, on, off } of SIDES) {
    const last = newestOf([on, ...off], newest);
    const now = is(room);
    if (now === (last?.action === on)) continue;
    if (!now) tampered(`is not ${what}, but the newest event about it says so`, last?.event);
    else if (last === null) tampered(`is ${what}, and no event says so`);
    else tampered(`is ${what}, but the newest event about it ended that`, last.event);
  }
  if (room.calm && room.calm_after !== null) {
    const until = (JSON.parse(room.calm_after) as { calm_until?: number } | null)?.calm_until;
    if (until !== room.calm_until?.getTime()) {
      tampered('is calm until another time than the newest event says', newest['room.calmed']);
    }
  }
}

function newestOf(actions: readonly string[], newest: Record<string, string>): Newest | null {
  let last: Newest | null = null;
  for (const action of actions) {
    const event = newest[action];
    if (event !== undefined && (last === null || event > last.event)) last = { action, event };
  }
  return last;
}
