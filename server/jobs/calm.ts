import { createHash } from 'node:crypto';
import { and, eq, lte, sql } from 'drizzle-orm';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import { room } from '#db/schema/room.ts';
import type { App } from '#server/app.ts';
import { inTurn } from './in-turn.ts';

/**
 * Takes back every calm whose time is over, as the system. The command's id follows from the
 * calm's, so that however many processes try, it is done once.
 * @param now milliseconds since the epoch
 * @returns how many were taken back
 */
export async function revertCalms(app: Pick<App, 'db' | 'act'>, now: number): Promise<number> {
  const due = await app.db.orm
    .select({ room: room.id, calm: sql<string>`${room.calmCommandId}` })
    .from(room)
    .where(and(lte(room.calmUntil, new Date(now)), eq(room.status, 'live').inlineParams()))
    .orderBy(room.calmUntil)
    .limit(100);
  let reverted = 0;
  await inTurn(due, async ({ room: roomId, calm }) => {
    const answer = await app.act(
      { kind: 'system' },
      {
        name: 'undo',
        id: idAfter('calm over', calm),
        room: roomId,
        command: calm,
        reason: 'The time set for the calm is over',
      },
    );
    if (answer.ok) reverted += answer.repeated ? 0 : 1;
    else if (!BEFORE_US.has(answer.reason)) {
      throw new Error(`A calm was not taken back: ${answer.reason}`);
    }
  });
  return reverted;
}

/** Someone took it back, or ended the room, since we looked. */
const BEFORE_US: ReadonlySet<Refusal> = new Set<Refusal>(['already_undone', 'room_ended']);

/** An id that follows from another: UUID version 8 (RFC 9562) of a SHA-256. */
function idAfter(purpose: string, id: string): string {
  const bytes = createHash('sha256').update(`${purpose} ${id}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
