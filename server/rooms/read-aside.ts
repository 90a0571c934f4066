import type {
  CommandView,
  HandOverView,
  RemovalView,
  RoomAside,
} from '#app/domain/rooms/snapshot.ts';
import type { Db } from '#db/client.ts';
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

async function readRemovals(db: Db, roomId: string): Promise<RemovalView[]> {
  const rows = await db.sql<
    {
      member_id: string;
      removed_at: Date;
      removed_until: Date | null;
      by_name: string | null;
      reason: string | null;
    }[]
  >`
    select p.member_id, p.removed_at, p.removed_until, c.actor_name as by_name,
      c.input->>'reason' as reason
    from participant p
    left join room_event e on e.room_id = p.room_id and e.seq = p.removal_seq
    left join command c on c.id = e.command_id
    where p.room_id = ${roomId} and p.removed_at is not null
      and (p.removed_until is null or p.removed_until > now())
    order by p.removed_at desc limit 500`;
  return rows.map((row) => ({
    memberId: row.member_id,
    byName: row.by_name ?? '',
    reason: row.reason ?? '',
    at: row.removed_at.getTime(),
    until: row.removed_until?.getTime() ?? null,
  }));
}

async function readCommands(db: Db, ref: string, roomId: string): Promise<CommandView[]> {
  const rows = await db.sql<
    {
      id: string;
      name: string;
      at: Date;
      actor_name: string;
      mine: boolean;
      member_id: string | null;
      reason: string | null;
      undone: boolean;
    }[]
  >`
    select id, name, at, actor_name, actor_ref = ${ref} as mine, member_id,
      input->>'reason' as reason, undone_by is not null as undone
    from command
    where room_id = ${roomId} and at > now() - interval '30 minutes'
      and (name <> 'report' or actor_ref = ${ref})
    order by at desc, id limit 200`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    at: row.at.getTime(),
    byName: row.actor_name,
    mine: row.mine,
    memberId: row.member_id,
    reason: row.reason ?? '',
    undone: row.undone,
  }));
}

async function readHandOvers(db: Db, roomId: string): Promise<HandOverView[]> {
  const rows = await db.sql<
    {
      id: string;
      at: Date;
      by_name: string;
      note: string;
      acknowledged_by_name: string | null;
      acknowledged_at: Date | null;
    }[]
  >`
    select id, at, by_name, note, acknowledged_by_name, acknowledged_at
    from hand_over where room_id = ${roomId} order by at desc limit 50`;
  return rows.map((row) => ({
    id: row.id,
    at: row.at.getTime(),
    byName: row.by_name,
    note: row.note,
    acknowledgedBy: row.acknowledged_by_name,
    acknowledgedAt: row.acknowledged_at?.getTime() ?? null,
  }));
}

async function readReports(db: Db, roomId: string): Promise<RoomAside['reports']> {
  const rows = await db.sql<{ member_id: string; open: number }[]>`
    select subject_id as member_id, count(*) as open
    from report where room_id = ${roomId} and closed_at is null group by subject_id`;
  return rows.map(({ member_id, open }) => ({ memberId: member_id, open }));
}
