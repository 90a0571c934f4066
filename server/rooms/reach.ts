import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { type Original, reachOf } from '#app/domain/rooms/decide.ts';
import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';
import { loadPeople } from './load.ts';
import type { ParticipantRecord } from './rows.ts';

/** Participants a command can touch without naming them. */
export async function readReach(
  tx: Transaction,
  command: RoomCommand,
): Promise<readonly ParticipantRecord[]> {
  switch (reachOf(command)) {
    case 'speakers':
      return tx<ParticipantRecord[]>`
        select * from participant
        where room_id = ${command.room} and role = 'speaker' and presence <> 'gone' order by ord`;
    case 'hands':
      return tx<ParticipantRecord[]>`
        select * from participant
        where room_id = ${command.room} and hand_at is not null and presence <> 'gone'
        order by hand_at`;
    case 'floor':
      return tx<ParticipantRecord[]>`
        select * from participant where room_id = ${command.room} and floor_since is not null`;
    default:
      return [];
  }
}

interface Undoable {
  original: Original & { auditEventId: string };
  people: readonly ParticipantRecord[];
}

/** The command an `undo` names, its events, and everyone in them; null for other commands. */
export async function readOriginal(
  tx: Transaction,
  command: RoomCommand,
): Promise<Undoable | null> {
  if (command.name !== 'undo') return null;
  const { room, command: id } = command;
  const [[row], events] = await Promise.all([
    tx<{ input: RoomCommand; undone: boolean; audit_event_id: string }[]>`
      select input, undone_by is not null as undone, audit_event_id
      from command where id = ${id} and room_id = ${room}`,
    tx<{ seq: number; at: Date; body: RoomEvent['body'] }[]>`
      select e.seq, e.at, e.body from command c
      join room_event e on e.room_id = c.room_id and e.seq between c.from_seq and c.to_seq
      where c.id = ${id} and c.room_id = ${room} and e.command_id = c.id order by e.seq`,
  ]);
  if (!row) return null;
  const members = new Set(events.flatMap(({ body }) => memberOf(body) ?? []));
  const original = {
    command: row.input,
    undone: row.undone,
    auditEventId: row.audit_event_id,
    events: events.map(({ seq, at, body }) => ({ seq, at: at.getTime(), commandId: id, body })),
  };
  return { original, people: await loadPeople(tx, room, [...members]) };
}

/** The note an acknowledgement names; null for other commands. */
export async function readHandOver(
  tx: Transaction,
  command: RoomCommand,
): Promise<{ acknowledged: boolean } | null> {
  if (command.name !== 'acknowledge_hand_over') return null;
  const [row] = await tx<{ acknowledged: boolean }[]>`
    select acknowledged_at is not null as acknowledged
    from hand_over where id = ${command.handOver} and room_id = ${command.room}`;
  return row ?? null;
}
