import { and, count, desc, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type {
  CommandView,
  HandOverView,
  RemovalView,
  RoomAside,
} from '#app/domain/rooms/snapshot.ts';
import type { Db } from '#db/client.ts';
import { command } from '#db/schema/command.ts';
import { handOver } from '#db/schema/hand-over.ts';
import { participant } from '#db/schema/participant.ts';
import { report } from '#db/schema/report.ts';
import { roomEvent } from '#db/schema/room-event.ts';
import type { Actor } from './actor.ts';

/**
 * What differs between the watchers of a room. Reports are counted for operators only, and who
 * made one is told to nobody: of the commands of others, reports are left out.
 * @param viewer who asks, with their audit reference
 */
export async function readAside(
  db: Db,
  viewer: { actor: Actor; ref: string },
  roomId: string,
): Promise<RoomAside> {
  const [removals, commands, handOvers, reports] = await Promise.all([
    readRemovals(db, roomId),
    readCommands(db, viewer.ref, roomId),
    readHandOvers(db, roomId),
    viewer.actor.kind === 'operator' ? readReports(db, roomId) : [],
  ]);
  return { removals, commands, handOvers, reports };
}

async function readRemovals({ orm }: Db, roomId: string): Promise<RemovalView[]> {
  const cause = and(
    eq(roomEvent.roomId, participant.roomId),
    eq(roomEvent.seq, participant.removalSeq),
  );
  const rows = await orm
    .select({
      memberId: participant.memberId,
      at: sql<Date>`${participant.removedAt}`,
      until: participant.removedUntil,
      byName: command.actorName,
      reason: REASON,
    })
    .from(participant)
    .leftJoin(roomEvent, cause)
    .leftJoin(command, eq(command.id, roomEvent.commandId))
    .where(
      and(
        eq(participant.roomId, roomId),
        isNotNull(participant.removedAt),
        or(isNull(participant.removedUntil), gt(participant.removedUntil, sql`now()`)),
      ),
    )
    .orderBy(desc(participant.removedAt))
    .limit(500);
  return rows.map(({ memberId, at, until, byName, reason }) => ({
    memberId,
    byName: byName ?? '',
    reason: reason ?? '',
    at: at.getTime(),
    until: until?.getTime() ?? null,
  }));
}

async function readCommands({ orm }: Db, ref: string, roomId: string): Promise<CommandView[]> {
  const isMine = eq(command.actorRef, ref);
  const rows = await orm
    .select({
      id: command.id,
      name: command.name,
      at: command.at,
      byName: command.actorName,
      mine: sql<boolean>`${isMine}`,
      memberId: command.memberId,
      reason: REASON,
      undone: sql<boolean>`${isNotNull(command.undoneBy)}`,
    })
    .from(command)
    .where(
      and(
        eq(command.roomId, roomId),
        gt(command.at, sql`now() - interval '30 minutes'`),
        or(ne(command.name, 'report'), isMine),
      ),
    )
    .orderBy(desc(command.at), command.id)
    .limit(200);
  return rows.map((row) => ({ ...row, at: row.at.getTime(), reason: row.reason ?? '' }));
}

const REASON = sql<string | null>`${command.input}->>'reason'`;

async function readHandOvers({ orm }: Db, roomId: string): Promise<HandOverView[]> {
  const rows = await orm
    .select({
      id: handOver.id,
      at: handOver.at,
      byName: handOver.byName,
      note: handOver.note,
      acknowledgedBy: handOver.acknowledgedByName,
      acknowledgedAt: handOver.acknowledgedAt,
    })
    .from(handOver)
    .where(eq(handOver.roomId, roomId))
    .orderBy(desc(handOver.at))
    .limit(50);
  return rows.map((row) => ({
    ...row,
    at: row.at.getTime(),
    acknowledgedAt: row.acknowledgedAt?.getTime() ?? null,
  }));
}

function readReports({ orm }: Db, roomId: string): Promise<RoomAside['reports']> {
  return orm
    .select({ memberId: report.subjectId, open: count() })
    .from(report)
    .where(and(eq(report.roomId, roomId), isNull(report.closedAt)))
    .groupBy(report.subjectId);
}
