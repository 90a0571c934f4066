import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { room } from '#db/schema/room.ts';
import { writeLink } from './links.ts';

export type HostLink =
  | { ok: true; token: string }
  | { ok: false; why: 'room_not_found' | 'member_not_found' };

/**
 * Makes a one-time link for a host or room moderator, into one room only. What they may do there
 * is their role in the room, read at each act.
 */
export async function linkHost(
  db: Db,
  actor: string,
  { room: roomId, member: memberId, minutes }: { room: string; member: string; minutes: number },
): Promise<HostLink> {
  const linked = db.begin(async (tx) => {
    const orm = ormOn(tx);
    const live = and(eq(room.id, roomId), eq(room.status, 'live'));
    if ((await orm.$count(room, live)) === 0) return { ok: false, why: 'room_not_found' } as const;
    const [known] = await orm
      .select({ ref: member.ref })
      .from(member)
      .where(eq(member.id, memberId));
    if (!known) return { ok: false, why: 'member_not_found' } as const;
    const holder = { kind: 'member', id: memberId, ref: known.ref, room: roomId } as const;
    return { ok: true, token: await writeLink(tx, holder, minutes, actor) } as const;
  });
  return linked as Promise<HostLink>;
}
