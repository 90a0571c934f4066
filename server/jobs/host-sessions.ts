import { and, asc, eq, exists, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { isAnyOf, ormOn } from '#db/orm.ts';
import { handOver } from '#db/schema/hand-over.ts';
import { member } from '#db/schema/member.ts';
import { session } from '#db/schema/operator.ts';
import { room } from '#db/schema/room.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { sessionRef } from '#server/auth/session-ref.ts';
import { SESSION_HOLDS } from '#server/auth/sessions.ts';

/** Most sessions of one pass; more come round in the next. */
const PASS = 500;

/**
 * Ends the sessions of hosts and room moderators whose room is over and has no hand-over that waits to
 * be read, on the record. They have had no right there since.
 * @returns how many
 */
export async function endHostSessions(db: Db): Promise<number> {
  return db.begin(async (tx) => {
    const orm = ormOn(tx);
    const unread = orm
      .select({ id: handOver.id })
      .from(handOver)
      .where(and(eq(handOver.roomId, room.id), isNull(handOver.acknowledgedAt)));
    const open = orm
      .select({ id: room.id })
      .from(room)
      .where(and(eq(room.id, session.roomId), or(eq(room.status, 'live'), exists(unread))));
    const over = await orm
      .select({ hash: session.tokenHash, room: session.roomId, ref: member.ref })
      .from(session)
      .innerJoin(member, eq(member.id, session.memberId))
      .where(and(isNotNull(session.roomId), SESSION_HOLDS, notExists(open)))
      .orderBy(asc(session.tokenHash))
      .limit(PASS)
      .for('update', { of: session, skipLocked: true });
    if (over.length === 0) return 0;
    await appendAudit(
      tx,
      over.map(({ hash, room, ref }) => ({
        action: 'session.ended',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: 'system',
        target_type: 'member',
        target: `member:${ref}`,
        correlation: sessionRef(hash),
        ...(room !== null && { room }),
      })),
    );
    const hashes = over.map(({ hash }) => hash);
    await orm
      .update(session)
      .set({ endedAt: sql`now()` })
      .where(isAnyOf(session.tokenHash, hashes));
    return over.length;
  });
}
