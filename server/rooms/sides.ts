import { isDestructive } from '#app/domain/rooms/authority.ts';
import type { Transaction } from '#db/client.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import { insertMessages, reportMessage } from '#server/webhooks/messages.ts';
import type { Carried } from './carried.ts';
import { iso } from './iso.ts';
import { rowSource } from './row-source.ts';
import type { Arm } from './write.ts';

/**
 * The statement that keeps accepted commands and their places in the log, so that their ids answer the
 * same again and `undo` finds them; with them goes what is only for the record.
 * @param carried at least one
 */
export function insertCommands(
  tx: Transaction,
  carried: readonly Carried[],
  refusals: readonly AuditEntry[],
): Arm {
  const entries: AuditEntry[] = [];
  const rows = carried.map((one) => {
    const base = entries.length;
    for (const entry of one.entries) {
      entries.push(entry.parent === undefined ? entry : { ...entry, parent: entry.parent + base });
    }
    return { ...commandRow(one), entry: base };
  });
  entries.push(...refusals);
  return tx`
    insert into command (id, room_id, actor_ref, actor_name, name, member_id, input, from_seq,
      to_seq, audit_event_id, destructive, at)
    select x.id, x.room_id, x.actor_ref, x.actor_name, x.name, x.member_id, x.input::jsonb,
      x.from_seq, x.to_seq, a.event_id, x.destructive, x.at
    from audit.append(${JSON.stringify(entries)}::text::jsonb) a
    join ${commandRows(tx, rows)} on x.entry = a.ordinal`;
}

const commandRows = rowSource({
  id: 'uuid',
  room_id: 'text',
  actor_ref: 'text',
  actor_name: 'text',
  name: 'text',
  member_id: 'text',
  input: 'text',
  from_seq: 'int',
  to_seq: 'int',
  destructive: 'boolean',
  at: 'timestamptz',
  entry: 'int',
});

function commandRow({ command, by, from, to, at }: Carried) {
  return {
    id: command.id,
    room_id: command.room,
    actor_ref: by.ref,
    actor_name: by.name,
    name: command.name,
    member_id: 'member' in command ? command.member : null,
    input: JSON.stringify(command),
    from_seq: from,
    to_seq: to,
    destructive: isDestructive(command.name),
    at: iso(at),
  };
}

/** Writes what a few of the commands change beside the rooms and their people. */
export function saveSides(tx: Transaction, carried: readonly Carried[]): Promise<unknown> {
  return Promise.all(carried.flatMap((one) => saveSide(tx, one)));
}

function saveSide(tx: Transaction, { command, by, at, pins }: Carried): Promise<unknown>[] {
  const now = iso(at);
  switch (command.name) {
    case 'undo':
      return [
        tx`update command set undone_by = ${command.id} where id = ${command.command}`.execute(),
      ];
    case 'hand_over':
      return [
        tx`
          insert into hand_over (id, room_id, by_ref, by_name, note, at)
          values (${command.id}, ${command.room}, ${by.ref}, ${by.name}, ${command.note},
            ${now})`.execute(),
      ];
    case 'acknowledge_hand_over':
      return [
        tx`
          update hand_over set acknowledged_by_ref = ${by.ref}, acknowledged_by_name = ${by.name},
            acknowledged_at = ${now}
          where id = ${command.handOver}`.execute(),
      ];
    case 'report': {
      const stored = tx`
        insert into report (id, room_id, subject_id, reporter_ref, category, text, from_second,
          to_second, at)
        values (${command.id}, ${command.room}, ${command.member}, ${by.ref},
          ${command.category}, ${command.text}, ${command.from ?? null}, ${command.to ?? null},
          ${now})`.execute();
      const told = insertMessages(tx, [reportMessage(command.id, { ...command, at })]).execute();
      if (!pins) return [stored, told];
      return [
        stored,
        told,
        tx`update room set pinned_at = ${now} where id = ${command.room}`.execute(),
      ];
    }
    default:
      return [];
  }
}
