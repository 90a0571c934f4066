import { releaseFloor } from '#app/domain/rooms/decide.ts';
import { record } from '#app/domain/rooms/fold.ts';
import type { Db, Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import type { RoomChange, RoomDraft } from './draft.ts';
import { type ParticipantRecord, seatOf } from './rows.ts';
import { transact, transactIn } from './transact.ts';

export interface Opening {
  id: string;
  title: string;
  /** BCP 47. */
  language: string;
  /** Hours after which a hand-over is due; absent: never. */
  shiftHours?: number;
  /** Instant, for a room that was open before Rostrum heard of it; absent: now. */
  openedAt?: number;
}

/** Opens a room on the platform's word. @returns the change, or null when the id is taken */
export async function openRoom(
  db: Db,
  opening: Opening,
  actor: string,
): Promise<RoomChange | null> {
  const openedAt = Math.min(opening.openedAt ?? Date.now(), Date.now());
  const at = new Date(openedAt).toISOString();
  return db.transact(async (tx) => {
    const rows = await tx`
      insert into room (id, title, language, opened_at, shift_hours, shift_since)
      values (${opening.id}, ${opening.title}, ${opening.language}, ${at},
        ${opening.shiftHours ?? null}, ${at})
      on conflict do nothing returning id`;
    if (rows.length === 0) return { value: null };
    const after = { name: 'after', value: { title: opening.title } };
    const entry = roomEntry('room.opened', opening.id, actor, openedAt);
    await appendAudit(tx, [{ ...entry, fields: [after] }]);
    return transactIn(tx, opening.id, [], (draft) => {
      record(draft, [{ type: 'room.opened' }], openedAt, null);
      return [];
    });
  });
}

/** Ends a room on the platform's word. @returns the change, or null when it wasn't live */
export async function endRoom(db: Db, roomId: string, actor: string): Promise<RoomChange | null> {
  return transact(db, roomId, [], async (draft, tx) => {
    if (draft.room.status === 'ended') return [];
    const now = Date.now();
    await loadFloorHolders(tx, draft);
    record(draft, [...draft.people.values()].flatMap(releaseFloor), now, null);
    record(draft, [{ type: 'room.ended' }], now, null);
    return [roomEntry('room.ended', roomId, actor, now)];
  });
}

async function loadFloorHolders(tx: Transaction, draft: RoomDraft): Promise<void> {
  const rows = await tx<ParticipantRecord[]>`
    select * from participant where room_id = ${draft.room.id} and floor_since is not null`;
  for (const { person, extras } of rows.map(seatOf)) {
    draft.people.set(person.memberId, person);
    draft.extras.set(person.memberId, extras);
  }
}

function roomEntry(action: string, roomId: string, actor: string, at: number): AuditEntry {
  return {
    action,
    outcome: 'accepted',
    occurred_at: at,
    actor,
    target_type: 'room',
    target: `room:${roomId}`,
    room: roomId,
  };
}
