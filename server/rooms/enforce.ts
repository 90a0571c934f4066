import { randomUUID } from 'node:crypto';
import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';

/** The arm of a statement that lets go of older requests for the same participants. */
export function supersede(tx: Transaction, roomId: string, members: readonly string[]) {
  const [only] = members;
  const those = members.length === 1 ? tx`= ${only ?? ''}` : tx`= any(${members as string[]})`;
  return tx`
    update enforcement set state = 'superseded', claimed_until = null
    where room_id = ${roomId} and member_id ${those}
      and state in ('requested', 'delivered', 'failed')
    returning 1`;
}

/**
 * The arm that asks the media plane for what the events need; the newest per participant counts.
 * A room's end is one request for the whole room. Reads the arm `superseded`, so that it comes
 * after it: only one request per participant may be open.
 */
export function askFor(tx: Transaction, roomId: string, events: readonly RoomEvent[]) {
  const newest = new Map(events.map((event) => [memberOf(event.body), event]));
  const rows = [...newest].map(([member, event]) => ({
    id: randomUUID(),
    member_id: member,
    command_id: event.commandId,
    seq: event.seq,
    at: new Date(event.at).toISOString(),
  }));
  return tx`
    insert into enforcement
      (id, room_id, member_id, command_id, seq, state, next_attempt_at, requested_at)
    select x.id, ${roomId}, x.member_id, x.command_id, x.seq, 'requested', x.at, x.at
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as x(id uuid, member_id text, command_id uuid, seq int, at timestamptz)
    where (select count(*) from superseded) >= 0`;
}
