import { and, eq, isNotNull, lte, type SQL } from 'drizzle-orm';
import { record } from '#app/domain/rooms/fold.ts';
import { decidePresence } from '#app/domain/rooms/presence.ts';
import type { Db } from '#db/client.ts';
import { participant } from '#db/schema/participant.ts';
import { room } from '#db/schema/room.ts';
import type { App } from '#server/app.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import type { RoomDraft } from '#server/rooms/draft.ts';
import { transact, type Work } from '#server/rooms/transact.ts';
import { inTurn } from './in-turn.ts';

type Told = Pick<App, 'db' | 'committed'>;

/** Most participants of one pass; more come round in the next. */
const PASS = 5_000;
/** Most participants of one transaction. */
const TOGETHER = 1_000;

interface Seat {
  room: string;
  member: string;
}

/**
 * Lets people back in whose removal was for a time that is over, as listeners.
 * @param now milliseconds since the epoch
 */
export async function endRemovals(app: Told, now: number): Promise<void> {
  const isOver = and(
    isNotNull(participant.removedAt),
    lte(participant.removedUntil, new Date(now)),
  );
  const due = await readSeats(app.db, isOver);
  await inRooms(app, due, (members) => (draft) => members.flatMap((m) => readmit(draft, m, now)));
}

function readmit(draft: RoomDraft, member: string, now: number): AuditEntry[] {
  const person = draft.people.get(member);
  const extras = draft.extras.get(member);
  const until = person?.removal?.until ?? null;
  if (!person?.removal || !extras || draft.room.status === 'ended') return [];
  if (until === null || until > now) return [];
  const { rank } = person.removal;
  const after = { role: 'listener', hand: null } as const;
  record(draft, [{ type: 'participant.readmitted', member, ...after, until, rank }], now, null);
  const subject = `member:${extras.ref}`;
  return [
    {
      action: 'participant.readmitted',
      outcome: 'accepted',
      occurred_at: now,
      actor: 'system',
      target_type: 'participant',
      target: subject,
      room: draft.room.id,
      fields: [
        { name: 'reason', value: 'The time set for the removal is over' },
        { name: 'before', value: { removed_until: until }, subject },
        { name: 'after', value: after, subject },
      ],
    },
  ];
}

/**
 * Counts people as gone who lost their connection and stayed away longer than the grace period;
 * until then they keep role and hand.
 * @param now milliseconds since the epoch
 */
export async function expireDropped(app: Told, now: number, graceMs: number): Promise<void> {
  const before = now - graceMs;
  const due = await readSeats(app.db, lte(participant.droppedAt, new Date(before)));
  await inRooms(app, due, (members) => (draft) => {
    for (const member of members) {
      const person = draft.people.get(member);
      // Whoever came back and dropped again meanwhile has a grace period of their own.
      if (!person || person.leftAt === null || person.leftAt > before) continue;
      const verdict = decidePresence(draft.room, person, { kind: 'expire' }, now);
      if (verdict.ok) record(draft, verdict.events, now, null);
    }
    return [];
  });
}

/** Participants of live rooms, at most those of one pass. */
function readSeats({ orm }: Db, which: SQL | undefined): Promise<Seat[]> {
  return orm
    .select({ room: participant.roomId, member: participant.memberId })
    .from(participant)
    .innerJoin(room, and(eq(room.id, participant.roomId), eq(room.status, 'live').inlineParams()))
    .where(which)
    .limit(PASS);
}

async function inRooms(app: Told, seats: readonly Seat[], work: (members: string[]) => Work) {
  const rooms = Map.groupBy(seats, (seat) => seat.room);
  await inTurn(rooms, async ([roomId, found]) => {
    const members = found.map(({ member }) => member);
    for (let from = 0; from < members.length; from += TOGETHER) {
      const some = members.slice(from, from + TOGETHER);
      const change = await transact(app.db, roomId, some, work(some));
      if (change) app.committed(change);
    }
  });
}
