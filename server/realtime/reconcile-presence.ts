import type { Participant, Room } from '#app/domain/rooms/state.ts';
import type { App } from '#server/app.ts';
import type { MemberSeats } from './member-seats.ts';
import type { SessionsBack } from './member-sessions.ts';

/** Audit reference for what the server itself corrects; it gives nobody a role. */
const BY_SERVER = 'system';

/**
 * Drops the members whom the database has present by socket, but who have none in any process: a
 * server was killed.
 * @returns how many
 * @throws when a process can't be asked
 */
export async function dropLost(app: App, sessions: SessionsBack): Promise<number> {
  const rows = await app.db.sql<{ room_id: string; members: string[] }[]>`
    select p.room_id, array_agg(p.member_id) as members
    from participant p join room r on r.id = p.room_id
    where r.status = 'live' and p.via = 'socket' and p.presence = 'present'
    group by p.room_id`;
  let dropped = 0;
  for (const { room_id: room, members } of rows) {
    const lost = await sessions.absentees(room, members);
    const what = { kind: 'leave', goodbye: false } as const;
    await Promise.all(lost.map((member) => app.enter(room, { member, actor: BY_SERVER, what })));
    dropped += lost.length;
  }
  return dropped;
}

/**
 * Brings back members whom the database has dropped although a socket of theirs is in this process.
 * @returns how many
 */
export async function bringBack(app: App, seats: MemberSeats): Promise<number> {
  const rooms = seats.rooms();
  if (rooms.length === 0) return 0;
  const rows = await app.db.sql<{ room_id: string; member_id: string }[]>`
    select room_id, member_id from participant
    where presence = 'dropped' and via = 'socket' and room_id = any(${rooms})`;
  const back = rows.filter((row) => seats.countOf(row.room_id, row.member_id).sessions > 0);
  await Promise.all(back.map((row) => rejoin(app, row.room_id, row.member_id)));
  return back.length;
}

/**
 * The same at once, for people of a change: they had changed processes, or come back while their
 * loss was being written down.
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
