import { and, count, desc, eq, gt, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
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

/** Who asks, with their audit reference. */
export interface Viewer {
  actor: Actor;
  ref: string;
}

type SharedCommand = Omit<CommandView, 'mine'> & { actorRef: string };

/** What the asides of all watchers of a room are made of; shown to nobody as it is. */
export interface SharedAside extends Omit<RoomAside, 'commands'> {
  /** All but reports. */
  commands: SharedCommand[];
  reporting: SharedCommand[];
}

const MOST_COMMANDS = 200;

/** Reads what differs between the watchers of a room, for all of them. */
export async function readAside(db: Db, roomId: string): Promise<SharedAside> {
  const [removals, commands, reporting, handOvers, reports] = await Promise.all([
    readRemovals(db, roomId),
    readCommands(db, roomId, ne(command.name, 'report')),
    readCommands(db, roomId, eq(command.name, 'report')),
    readHandOvers(db, roomId),
    readReports(db, roomId),
  ]);
  return { removals, commands, reporting, handOvers, reports };
}

/**
 * The aside of one watcher. Reports are counted for operators only, and who made one is told to
 * nobody: of the commands of others, reports are left out.
 */
export function asideFor({ actor, ref }: Viewer, shared: SharedAside): RoomAside {
  const { removals, handOvers, reports, reporting } = shared;
  const own = reporting.filter(({ actorRef }) => actorRef === ref);
  const commands = [...shared.commands, ...own]
    .sort((one, other) => other.at - one.at)
    .slice(0, MOST_COMMANDS)
    .map(({ actorRef, ...shown }) => ({ ...shown, mine: actorRef === ref }));
  return { removals, commands, handOvers, reports: actor.kind === 'operator' ? reports : [] };
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

async function readCommands({ orm }: Db, roomId: string, which: SQL): Promise<SharedCommand[]> {
  const rows = await orm
    .select({
      id: command.id,
      name: command.name,
      at: command.at,
      byName: command.actorName,
      actorRef: command.actorRef,
      memberId: command.memberId,
      reason: REASON,
      undone: sql<boolean>`${isNotNull(command.undoneBy)}`,
    })
    .from(command)
    .where(
      and(eq(command.roomId, roomId), gt(command.at, sql`now() - interval '30 minutes'`), which),
    )
    .orderBy(desc(command.at), command.id)
    .limit(MOST_COMMANDS);
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
