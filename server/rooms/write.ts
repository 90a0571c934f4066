import type { Transaction } from '#db/client.ts';
import type { RoomDraft } from './draft.ts';
import { recordOf } from './rows.ts';

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

/**
 * Writes what a draft changed: events, participants, floor segments and the room's head. The
 * statements are sent without waiting in between; each relies on primary keys only.
 */
export async function saveDraft(tx: Transaction, draft: RoomDraft): Promise<void> {
  if (draft.events.length === 0) return;
  await Promise.all([
    insertEvents(tx, draft),
    upsertPeople(tx, draft),
    insertSegments(tx, draft),
    updateRoom(tx, draft),
  ]);
}

function insertEvents(tx: Transaction, { room, events }: RoomDraft) {
  const rows = events.map(({ seq, at, commandId, body }) => ({
    seq,
    at: iso(at),
    command_id: commandId,
    body,
  }));
  return tx`
    insert into room_event (room_id, seq, at, command_id, body)
    select ${room.id}, x.seq, x.at, x.command_id, x.body
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as x(seq int, at timestamptz, command_id uuid, body jsonb)`;
}

function upsertPeople(tx: Transaction, draft: RoomDraft) {
  if (draft.touched.size === 0) return null;
  const rows = [...draft.touched].map((id) => {
    const person = draft.people.get(id);
    const extras = draft.extras.get(id);
    if (!person || !extras) throw new Error('A touched participant was not loaded');
    return recordOf(person, extras);
  });
  return tx`
    insert into participant as p (
      room_id, member_id, member_ref, ord, role, presence, mute_rank, hand_at, mic_on, floor_since,
      joined_at, left_at, removed_at, removed_until, removal_rank, enforcement,
      role_seq, speech_seq, hand_seq, removal_seq, cohort, via, branch)
    select ${draft.room.id}, x.*
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
      member_id text, member_ref uuid, ord int, role text, presence text, mute_rank int,
      hand_at timestamptz, mic_on boolean, floor_since timestamptz, joined_at timestamptz,
      left_at timestamptz, removed_at timestamptz, removed_until timestamptz, removal_rank int,
      enforcement text, role_seq int, speech_seq int, hand_seq int, removal_seq int,
      cohort text, via text, branch text)
    on conflict (room_id, member_id) do update set
      role = excluded.role, presence = excluded.presence, mute_rank = excluded.mute_rank,
      hand_at = excluded.hand_at, mic_on = excluded.mic_on, floor_since = excluded.floor_since,
      joined_at = excluded.joined_at, left_at = excluded.left_at,
      removed_at = excluded.removed_at, removed_until = excluded.removed_until,
      removal_rank = excluded.removal_rank, enforcement = excluded.enforcement,
      role_seq = excluded.role_seq, speech_seq = excluded.speech_seq,
      hand_seq = excluded.hand_seq, removal_seq = excluded.removal_seq,
      cohort = excluded.cohort, via = excluded.via`;
}

function insertSegments(tx: Transaction, { room, events }: RoomDraft) {
  const rows = events.flatMap(({ body, at }) =>
    body.type === 'floor.released'
      ? [{ member_id: body.member, from: iso(body.since), to: iso(at) }]
      : [],
  );
  if (rows.length === 0) return null;
  return tx`
    insert into floor_segment (room_id, member_id, "from", "to")
    select ${room.id}, x.*
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as x(member_id text, "from" timestamptz, "to" timestamptz)
    on conflict do nothing`;
}

function updateRoom(tx: Transaction, { room, nextOrd, record, events }: RoomDraft) {
  const noted = events.some(({ body }) => body.type === 'hand_over.acknowledged');
  const shiftSince = noted
    ? iso(events.at(-1)?.at ?? null)
    : iso(record.shift_since?.getTime() ?? null);
  return tx`
    update room set
      status = ${room.status}, locked = ${room.locked}, hands_open = ${room.handsOpen},
      calm_command_id = ${room.calm?.commandId ?? null}, calm_until = ${iso(room.calm?.until ?? null)},
      unattended_since = ${iso(room.unattendedSince)}, ended_at = ${iso(room.endedAt)},
      seq = ${room.seq}, lock_seq = ${room.lockSeq}, hands_seq = ${room.handsSeq},
      calm_seq = ${room.calmSeq}, next_ord = ${nextOrd}, present = ${room.counts.present},
      stage = ${room.counts.stage}, hands = ${room.counts.hands},
      attendants = ${room.counts.attendants}, shift_since = ${shiftSince}
    where id = ${room.id}`;
}
