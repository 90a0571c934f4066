import { isDestructive } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import type { Transaction } from '#db/client.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import type { RoomDraft } from './draft.ts';
import type { Standing } from './situation.ts';

const iso = (instant: number) => new Date(instant).toISOString();

/**
 * Keeps an accepted command and its place in the log, so that its id answers the same again and
 * `undo` finds it.
 */
export function saveCommand(
  tx: Transaction,
  command: RoomCommand,
  by: Standing,
  { from, to, at }: { from: number; to: number; at: number },
  entries: readonly AuditEntry[],
) {
  const member = 'member' in command ? command.member : null;
  return tx`
    insert into command (id, room_id, actor_ref, actor_name, name, member_id, input, from_seq,
      to_seq, audit_event_id, destructive, at)
    select ${command.id}, ${command.room}, ${by.ref}, ${by.name}, ${command.name}, ${member},
      ${JSON.stringify(command)}::text::jsonb, ${from}, ${to}, event_id,
      ${isDestructive(command.name)}, ${iso(at)}
    from audit.append(${JSON.stringify(entries)}::text::jsonb) where ordinal = 0`.execute();
}

/** Writes what a command changes beside the room and its people. */
export function saveSides(
  tx: Transaction,
  command: RoomCommand,
  by: Standing,
  draft: RoomDraft,
  pins: boolean,
  at: number,
): Promise<unknown> | null {
  const now = iso(at);
  switch (command.name) {
    case 'undo':
      return Promise.all([
        tx`update command set undone_by = ${command.id} where id = ${command.command}`.execute(),
        countPriorActs(tx, draft),
      ]);
    case 'mute':
    case 'remove':
      return countPriorActs(tx, draft);
    case 'hand_over':
      return tx`
        insert into hand_over (id, room_id, by_ref, by_name, note, at)
        values (${command.id}, ${command.room}, ${by.ref}, ${by.name}, ${command.note}, ${now})`.execute();
    case 'acknowledge_hand_over':
      return tx`
        update hand_over set acknowledged_by_ref = ${by.ref}, acknowledged_by_name = ${by.name},
          acknowledged_at = ${now}
        where id = ${command.handOver}`.execute();
    case 'report':
      return Promise.all([
        pins && tx`update room set pinned_at = ${now} where id = ${command.room}`.execute(),
        tx`
          insert into report (id, room_id, subject_id, reporter_ref, category, text, from_second,
            to_second, at)
          values (${command.id}, ${command.room}, ${command.member}, ${by.ref},
            ${command.category}, ${command.text}, ${command.from ?? null}, ${command.to ?? null},
            ${now})`.execute(),
      ]);
    default:
      return null;
  }
}

/** A mute or removal that was taken back is no mark against anyone. */
function countPriorActs(tx: Transaction, { events }: RoomDraft): Promise<unknown> | null {
  const more: string[] = [];
  const fewer: string[] = [];
  for (const { body } of events) {
    if (body.type === 'participant.muted' || body.type === 'participant.removed') {
      more.push(body.member);
    } else if (
      body.type === 'participant.allowed_to_speak' ||
      body.type === 'participant.readmitted'
    ) {
      fewer.push(body.member);
    }
  }
  if (more.length + fewer.length === 0) return null;
  return tx`
    update member set prior_acts = greatest(0, prior_acts + case when id = any(${more}) then 1 else -1 end)
    where id = any(${[...more, ...fewer]})`.execute();
}
