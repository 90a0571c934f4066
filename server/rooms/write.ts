import type { PendingQuery, Row } from 'postgres';
import { memberOf, needsEnforcement } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';
import type { RoomDraft } from './draft.ts';
import { askFor, supersede } from './enforce.ts';
import { recordOf } from './rows.ts';

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

type Arm = PendingQuery<Row[]>;

/**
 * Writes what a draft changed in one statement: events, participants, floor segments, requests for
 * enforcement, and the room's head. Each arm relies on primary keys only, and is there only when it
 * has something to write.
 */
export function saveDraft(tx: Transaction, draft: RoomDraft): Promise<unknown> | null {
  if (draft.events.length === 0) return null;
  const arms: Arm[] = [tx`events as (${insertEvents(tx, draft)})`];
  if (draft.touched.size > 0) arms.push(tx`people as (${upsertPeople(tx, draft)})`);
  const segments = segmentsOf(draft);
  if (segments.length > 0) arms.push(tx`segments as (${insertSegments(tx, draft, segments)})`);
  const asking = draft.events.filter(
    ({ body }) => needsEnforcement(body) || body.type === 'room.ended',
  );
  if (asking.length > 0) {
    const members = asking.flatMap(({ body }) => memberOf(body) ?? []);
    arms.push(tx`superseded as (${supersede(tx, draft.room.id, members)})`);
    arms.push(tx`asked as (${askFor(tx, draft.room.id, asking)})`);
  }
  const all = arms.reduce((before, arm) => tx`${before}, ${arm}`);
  return tx`with ${all} ${updateRoom(tx, draft)}`.execute();
}

function insertEvents(tx: Transaction, { room, events }: RoomDraft) {
  const [only] = events;
  if (only && events.length === 1) {
    return tx`
      insert into room_event (room_id, seq, at, command_id, body)
      values (${room.id}, ${only.seq}, ${iso(only.at)}, ${only.commandId},
        ${JSON.stringify(only.body)}::text::jsonb)`;
  }
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

// An upsert also for people already there: it goes by the primary key whatever the planner believes
// of the table, where an update joined to the records may read the whole room.
function upsertPeople(tx: Transaction, draft: RoomDraft) {
  const rows = [...draft.touched].map((id) => {
    const person = draft.people.get(id);
    const extras = draft.extras.get(id);
    if (!person || !extras) throw new Error('A touched participant was not loaded');
    return recordOf(person, extras);
  });
  return tx`
    insert into participant (
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

function segmentsOf({ events }: RoomDraft) {
  return events.flatMap(({ body, at }) =>
    body.type === 'floor.released'
      ? [{ member_id: body.member, from: iso(body.since), to: iso(at) }]
      : [],
  );
}

function insertSegments(
  tx: Transaction,
  { room }: RoomDraft,
  segments: ReturnType<typeof segmentsOf>,
) {
  return tx`
    insert into floor_segment (room_id, member_id, "from", "to")
    select ${room.id}, x.*
    from json_to_recordset(${JSON.stringify(segments)}::text::json)
      as x(member_id text, "from" timestamptz, "to" timestamptz)
    on conflict do nothing`;
}

function updateRoom(tx: Transaction, { room, nextOrd, record, events }: RoomDraft) {
  const handedOver = events.findLast(({ body }) => body.type === 'hand_over.acknowledged');
  const shiftSince = handedOver?.at ?? record.shift_since?.getTime() ?? null;
  return tx`
    update room set
      status = ${room.status}, locked = ${room.locked}, hands_open = ${room.handsOpen},
      calm_command_id = ${room.calm?.commandId ?? null},
      calm_until = ${iso(room.calm?.until ?? null)},
      unattended_since = ${iso(room.unattendedSince)}, ended_at = ${iso(room.endedAt)},
      seq = ${room.seq}, lock_seq = ${room.lockSeq}, hands_seq = ${room.handsSeq},
      calm_seq = ${room.calmSeq}, next_ord = ${nextOrd}, present = ${room.counts.present},
      stage = ${room.counts.stage}, hands = ${room.counts.hands},
      attendants = ${room.counts.attendants}, shift_since = ${iso(shiftSince)}
    where id = ${room.id}`;
}
