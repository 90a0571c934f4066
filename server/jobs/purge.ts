import type { Db } from '#db/client.ts';
import { inTurn } from './in-turn.ts';

/** A media plane that is away keeps a room's end from being enforced, but not its traces for ever. */
const LONGEST = 24 * 60 * 60_000;

/**
 * Destroys what ended rooms leave behind, unless a report holds it or, for a day at most, their
 * end still has to be enforced; the database does it whole and on the record.
 * @param now milliseconds since the epoch
 * @returns how many rooms were purged
 */
export async function purgeEnded(db: Db, now: number, delayMs: number): Promise<number> {
  const due = await db.sql<{ id: string }[]>`
    select id from room
    where status = 'ended' and purged_at is null and pinned_at is null
      and ended_at <= ${new Date(now - delayMs)}
      and (ended_at <= ${new Date(now - LONGEST)} or not exists (
        select from enforcement e where e.room_id = room.id
          and e.state in ('requested', 'delivered', 'failed')))
    order by ended_at limit 20`;
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
