import { randomUUID } from 'node:crypto';
import { memberOf, needsEnforcement, type RoomEvent } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';

/**
 * Asks for enforcement, where the events need it, in the same transaction; an older request for the same
 * participant is superseded. A room's end is one request for the whole room.
 */
export async function requestEnforcement(
  tx: Transaction,
  roomId: string,
  events: readonly RoomEvent[],
): Promise<void> {
  const asking = events.filter(({ body }) => needsEnforcement(body) || body.type === 'room.ended');
  if (asking.length === 0) return;
  const newest = new Map(asking.map((event) => [memberOf(event.body), event]));
  const members = [...newest.keys()].filter((member) => member !== null);
  const rows = [...newest].map(([member, event]) => ({
    id: randomUUID(),
    member_id: member,
    command_id: event.commandId,
    seq: event.seq,
    at: new Date(event.at).toISOString(),
  }));
  await Promise.all([
    members.length > 0 &&
      tx`
        update enforcement set state = 'superseded', claimed_until = null
        where room_id = ${roomId} and member_id = any(${members})
          and state in ('requested', 'delivered', 'failed')`,
    tx`
      insert into enforcement (id, room_id, member_id, command_id, seq, state, next_attempt_at, requested_at)
      select x.id, ${roomId}, x.member_id, x.command_id, x.seq, 'requested', x.at, x.at
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as x(id uuid, member_id text, command_id uuid, seq int, at timestamptz)`,
  ]);
}
