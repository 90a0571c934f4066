import type { Participant, Room } from '#app/domain/rooms/state.ts';
import type { App } from '#server/app.ts';
import type { MemberSeats } from './member-seats.ts';
import type { SessionsBack } from './member-sessions.ts';

/** Audit reference for what the server itself corrects; it gives nobody a role. */
const BY_SERVER = 'system';

/**
 * Brings presence by socket in line with the sockets there are: members present in the database
 * without one in any process are dropped (a server was killed), dropped ones who have one here come
 * back.
 * @returns how many were corrected
 */
export async function reconcilePresence(
  app: App,
  seats: MemberSeats,
  sessions: SessionsBack,
): Promise<number> {
  const rows = await app.db.sql<{ room_id: string; present: string[]; dropped: string[] }[]>`
    select p.room_id,
      array_agg(p.member_id) filter (where p.presence = 'present') as present,
      array_agg(p.member_id) filter (where p.presence = 'dropped') as dropped
    from participant p join room r on r.id = p.room_id
    where r.status = 'live' and p.via = 'socket' and p.presence <> 'gone'
    group by p.room_id`;
  let corrected = 0;
  for (const { room_id: room, present, dropped } of rows) {
    const lost = await sessions.absentees(room, present ?? []);
    const back = (dropped ?? []).filter((member) => seats.countOf(room, member).sessions > 0);
    const leave = { kind: 'leave', goodbye: false } as const;
    await Promise.all([
      ...lost.map((member) => app.enter(room, { member, actor: BY_SERVER, what: leave })),
      ...back.map((member) => rejoin(app, room, member)),
    ]);
    corrected += lost.length + back.length;
  }
  return corrected;
}

/**
 * Brings back members who were dropped although a socket of theirs is here: they had changed
 * processes or come back while the loss was being written down.
 */
export function returnDropped(
  app: App,
  seats: MemberSeats,
  room: Room,
  people: readonly Participant[],
): void {
  for (const { memberId, presence } of people) {
    if (presence !== 'dropped' || seats.countOf(room.id, memberId).sessions === 0) continue;
    // When it fails, the next pass over all members repeats it.
    rejoin(app, room.id, memberId).catch(() => {});
  }
}

function rejoin(app: App, room: string, member: string) {
  const what = { kind: 'join', role: 'listener', via: 'socket', cohort: null } as const;
  return app.enter(room, { member, actor: BY_SERVER, what });
}
