import { and, eq, inArray, isNull, lte, notExists, or } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { enforcement } from '#db/schema/enforcement.ts';
import { room } from '#db/schema/room.ts';
import { inTurn } from './in-turn.ts';

/** A media plane that is away keeps a room's end from being enforced, but not its traces for ever. */
const LONGEST = 24 * 60 * 60_000;

// Written out, as the partial indexes are: a plan for any parameter could not use them.
const isPending = inArray(enforcement.state, ['requested', 'delivered', 'failed']).inlineParams();

/**
 * Destroys what ended rooms leave behind, unless a report holds it or, for a day at most, their
 * end still has to be enforced; the database does it whole and on the record.
 * @param now milliseconds since the epoch
 * @returns how many rooms were purged
 */
export async function purgeEnded(db: Db, now: number, delayMs: number): Promise<number> {
  const unenforced = db.orm
    .select()
    .from(enforcement)
    .where(and(eq(enforcement.roomId, room.id), isPending));
  const due = await db.orm
    .select({ id: room.id })
    .from(room)
    .where(
      and(
        eq(room.status, 'ended').inlineParams(),
        isNull(room.purgedAt),
        isNull(room.pinnedAt),
        lte(room.endedAt, new Date(now - delayMs)),
        or(lte(room.endedAt, new Date(now - LONGEST)), notExists(unenforced)),
      ),
    )
    .orderBy(room.endedAt)
    .limit(20);
  let purged = 0;
  await inTurn(due, async ({ id }) => {
    try {
      await db.sql`select * from purge_room(${id})`;
      purged++;
    } catch (error) {
      if (!BEFORE_US.has((error as { code?: string }).code ?? '')) throw error;
    }
  });
  return purged;
}

/** Purged or pinned since we looked (object_not_in_prerequisite_state). */
const BEFORE_US: ReadonlySet<string> = new Set(['55000']);
