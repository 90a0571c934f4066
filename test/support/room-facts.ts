import { ingest } from '#server/rooms/ingest.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

/** What tests of a room look at in the database, and a short way to have a member do something. */
export function useRoomFacts(base: TestDatabase) {
  async function seats(room: string) {
    return base.db.sql`
      select member_id, role, presence, mute_rank, hand_at, removed_at, removed_until
      from participant where room_id = ${room} order by member_id`;
  }

  async function head(room: string) {
    const [row] = await base.db.sql`
      select locked, hands_open, calm_until, calm_command_id, present, stage, hands, attendants, status
      from room where id = ${room}`;
    return row;
  }

  async function types(room: string) {
    const rows = await base.db.sql`
      select body->>'type' as type from room_event where room_id = ${room} order by seq`;
    return rows.map(({ type }) => type as string);
  }

  const say = (room: string, member: string, what: Parameters<typeof ingest>[2][number]['what']) =>
    ingest(base.db, room, [{ member, actor: 'platform:test', what }]);

  return { seats, head, types, say };
}
