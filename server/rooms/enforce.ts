import { randomUUID } from 'node:crypto';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';
import { rowSource } from './row-source.ts';

/** What the media plane must make true, and the event that asks for it. */
export interface Asking {
  room: string;
  /** Null: the whole room has ended. */
  member: string | null;
  event: RoomEvent;
  /** Whether an older request may still be open. */
  again: boolean;
}

const people = rowSource({ room: 'text', member: 'text' });

/** The arms of a statement that ask the media plane, and let go of older requests before. */
export function enforcementArms(tx: Transaction, asking: readonly Asking[]) {
  if (asking.length === 0) return [];
  const again = asking.filter((one) => one.again);
  if (again.length === 0) return [tx`asked as (${askFor(tx, asking)})`];
  // Reads the arm before, so as to come after it: only one request per participant may be open.
  const after = tx`where (select count(*) from superseded) >= 0`;
  return [
    tx`superseded as (${supersede(tx, again)})`,
    tx`asked as (${askFor(tx, asking)} ${after})`,
  ];
}

function supersede(tx: Transaction, asking: readonly Asking[]) {
  const rows = asking.map(({ room, member }) => ({ room, member }));
  return tx`
    update enforcement set state = 'superseded', claimed_until = null
    where id = any(array(
      select e.id from ${people(tx, rows)}
      cross join lateral (
        select id from enforcement
        where room_id = x.room and member_id = x.member
          and state in ('requested', 'delivered', 'failed')
        limit 1
      ) e))
    returning 1`;
}

const requests = rowSource({
  id: 'uuid',
  room_id: 'text',
  member_id: 'text',
  command_id: 'uuid',
  seq: 'int',
  at: 'timestamptz',
});

function askFor(tx: Transaction, asking: readonly Asking[]) {
  const rows = asking.map(({ room, member, event }) => ({
    id: randomUUID(),
    room_id: room,
    member_id: member,
    command_id: event.commandId,
    seq: event.seq,
    at: new Date(event.at).toISOString(),
  }));
  return tx`
    insert into enforcement
      (id, room_id, member_id, command_id, seq, state, next_attempt_at, requested_at)
    select x.id, x.room_id, x.member_id, x.command_id, x.seq, 'requested', x.at, x.at
    from ${requests(tx, rows)}`;
}
