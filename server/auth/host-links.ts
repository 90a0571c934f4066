import type { Db } from '#db/client.ts';
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
  { room, member, minutes }: { room: string; member: string; minutes: number },
): Promise<HostLink> {
  const linked = db.begin(async (tx) => {
    const [row] = await tx<{ live: boolean | null; ref: string | null }[]>`
      select (select status = 'live' from room where id = ${room}) as live,
        (select ref from member where id = ${member}) as ref`;
    if (!row?.live) return { ok: false, why: 'room_not_found' } as const;
    if (row.ref === null) return { ok: false, why: 'member_not_found' } as const;
    const holder = { kind: 'member', id: member, ref: row.ref, room } as const;
    return { ok: true, token: await writeLink(tx, holder, minutes, actor) } as const;
  });
  return linked as Promise<HostLink>;
}
