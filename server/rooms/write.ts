import type { PendingQuery, Row } from 'postgres';
import { memberOf, needsEnforcement } from '#app/domain/rooms/events.ts';
import type { Participant } from '#app/domain/rooms/state.ts';
import type { Transaction } from '#db/client.ts';
import { insertMessages, messagesOf } from '#server/webhooks/messages.ts';
import { type RoomDraft, shiftSinceOf } from './draft.ts';
import { type Asking, enforcementArms } from './enforce.ts';
import { iso } from './iso.ts';
import { rowSource } from './row-source.ts';
import { recordOf } from './rows.ts';

/** A statement to run as one of several: none of them sees what the others write. */
export type Arm = PendingQuery<Row[]>;

/**
 * Writes what drafts changed, over any number of rooms, in one statement: events, participants,
 * floor segments, requests for enforcement, news for the platform, and the rooms' heads. An arm is there only when it has
 * something to write.
 * @param beside written in the same breath
 */
export function saveDrafts(
  tx: Transaction,
  all: readonly RoomDraft[],
  beside: readonly Arm[] = [],
): Promise<unknown> | null {
  const drafts = all.filter(({ events }) => events.length > 0);
  const arms = beside.map((arm, i) => tx`${tx(`beside_${i}`)} as (${arm})`);
  if (drafts.length === 0) {
    return arms.length === 0 ? null : tx`with ${listOf(tx, arms)} select`.execute();
  }
  arms.push(tx`events as (${insertEvents(tx, drafts)})`);
  const moved = drafts.flatMap((draft) => recordsOf(draft, (person) => !isJudged(draft, person)));
  if (moved.length > 0) arms.push(tx`moved as (${upsertMoved(tx, moved)})`);
  const judged = drafts.flatMap((draft) => recordsOf(draft, (person) => isJudged(draft, person)));
  if (judged.length > 0) arms.push(tx`judged as (${upsertJudged(tx, judged)})`);
  const segments = drafts.flatMap(segmentsOf);
  if (segments.length > 0) arms.push(tx`segments as (${insertSegments(tx, segments)})`);
  arms.push(...enforcementArms(tx, drafts.flatMap(enforcedBy)));
  const messages = drafts.flatMap(messagesOf);
  if (messages.length > 0) arms.push(tx`told as (${insertMessages(tx, messages)})`);
  return tx`with ${listOf(tx, arms)} ${updateRooms(tx, drafts)}`.execute();
}

const listOf = (tx: Transaction, arms: readonly Arm[]) =>
  arms.reduce((before, arm) => tx`${before}, ${arm}`);

const eventRows = rowSource({
  room: 'text',
  seq: 'int',
  at: 'timestamptz',
  command: 'uuid',
  body: 'text',
});

function insertEvents(tx: Transaction, drafts: readonly RoomDraft[]) {
  const rows = drafts.flatMap(({ room, events }) =>
    events.map(({ seq, at, commandId, body }) => ({
      room: room.id,
      seq,
      at: iso(at),
      command: commandId,
      body: JSON.stringify(body),
    })),
  );
  return tx`
    insert into room_event (room_id, seq, at, command_id, body)
    select room, seq, at, command, body::jsonb from ${eventRows(tx, rows)}`;
}

function recordsOf(draft: RoomDraft, those: (person: Participant) => boolean) {
  const { room, touched, people, extras } = draft;
  return [...touched].flatMap((id) => {
    const person = people.get(id);
    const more = extras.get(id);
    if (!person || !more) throw new Error('A touched participant was not loaded');
    return those(person) ? [recordOf(room.id, person, more)] : [];
  });
}

/** Whether more than presence may have changed: role, mute or removal. */
function isJudged({ loaded }: RoomDraft, after: Participant): boolean {
  const before = loaded.get(after.memberId);
  return (
    before?.role !== after.role ||
    before.muteRank !== after.muteRank ||
    before.removal?.at !== after.removal?.at ||
    before.removal?.until !== after.removal?.until ||
    before.removal?.rank !== after.removal?.rank
  );
}

const peopleRows = rowSource({
  room_id: 'text',
  member_id: 'text',
  member_ref: 'uuid',
  ord: 'int',
  role: 'text',
  presence: 'text',
  mute_rank: 'int',
  hand_at: 'timestamptz',
  mic_on: 'boolean',
  floor_since: 'timestamptz',
  joined_at: 'timestamptz',
  left_at: 'timestamptz',
  removed_at: 'timestamptz',
  removed_until: 'timestamptz',
  removal_rank: 'int',
  enforcement: 'text',
  role_seq: 'int',
  speech_seq: 'int',
  hand_seq: 'int',
  removal_seq: 'int',
  cohort: 'text',
  via: 'text',
  branch: 'text',
});

type PersonRecord = ReturnType<typeof recordOf>;

// Upserts also for people already there: they go by the primary key whatever the planner believes
// of the table, where an update joined to the records may read the whole room. Two of them, since
// naming a guarded column has the database look for its audit event.
function upsertMoved(tx: Transaction, rows: readonly PersonRecord[]) {
  return tx`
    ${insertPeople(tx, rows)}
    on conflict (room_id, member_id) do update set
      presence = excluded.presence, hand_at = excluded.hand_at, mic_on = excluded.mic_on,
      floor_since = excluded.floor_since, joined_at = excluded.joined_at,
      left_at = excluded.left_at, enforcement = excluded.enforcement,
      role_seq = excluded.role_seq, speech_seq = excluded.speech_seq,
      hand_seq = excluded.hand_seq, removal_seq = excluded.removal_seq,
      cohort = excluded.cohort, via = excluded.via`;
}

function upsertJudged(tx: Transaction, rows: readonly PersonRecord[]) {
  return tx`
    ${insertPeople(tx, rows)}
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

function insertPeople(tx: Transaction, rows: readonly PersonRecord[]) {
  return tx`
    insert into participant (
      room_id, member_id, member_ref, ord, role, presence, mute_rank, hand_at, mic_on, floor_since,
      joined_at, left_at, removed_at, removed_until, removal_rank, enforcement,
      role_seq, speech_seq, hand_seq, removal_seq, cohort, via, branch)
    select * from ${peopleRows(tx, rows)}`;
}

function segmentsOf({ room, events }: RoomDraft) {
  return events.flatMap(({ body, at }) =>
    body.type === 'floor.released'
      ? [{ room_id: room.id, member_id: body.member, from: iso(body.since), to: iso(at) }]
      : [],
  );
}

const segmentRows = rowSource({
  room_id: 'text',
  member_id: 'text',
  from: 'timestamptz',
  to: 'timestamptz',
});

function insertSegments(tx: Transaction, segments: ReturnType<typeof segmentsOf>) {
  return tx`
    insert into floor_segment (room_id, member_id, "from", "to")
    select * from ${segmentRows(tx, segments)}
    on conflict do nothing`;
}

/** The newest event per participant that the media plane must make true. */
function enforcedBy({ room, events, loaded }: RoomDraft): Asking[] {
  const asking = events.filter(({ body }) => needsEnforcement(body) || body.type === 'room.ended');
  const newest = new Map(asking.map((event) => [memberOf(event.body), event]));
  return [...newest].map(([member, event]) => ({
    room: room.id,
    member,
    event,
    again: member !== null && (loaded.get(member)?.enforcement ?? null) !== null,
  }));
}

const counts = {
  id: 'text',
  unattended_since: 'timestamptz',
  seq: 'int',
  lock_seq: 'int',
  hands_seq: 'int',
  calm_seq: 'int',
  next_ord: 'int',
  present: 'int',
  stage: 'int',
  hands: 'int',
  attendants: 'int',
} as const;
const countRows = rowSource(counts);
const headRows = rowSource({
  ...counts,
  status: 'text',
  locked: 'boolean',
  hands_open: 'boolean',
  calm_command_id: 'uuid',
  calm_until: 'timestamptz',
  ended_at: 'timestamptz',
  shift_since: 'timestamptz',
});

// Mostly only counts move; the rest is guarded as a participant's role is.
function updateRooms(tx: Transaction, drafts: readonly RoomDraft[]) {
  const rows = drafts.map(headRecordOf);
  const counted = tx`
    unattended_since = x.unattended_since, seq = x.seq, lock_seq = x.lock_seq,
    hands_seq = x.hands_seq, calm_seq = x.calm_seq, next_ord = x.next_ord, present = x.present,
    stage = x.stage, hands = x.hands, attendants = x.attendants`;
  if (drafts.every(hasSameHead)) {
    return tx`update room r set ${counted} from ${countRows(tx, rows)} where r.id = x.id`;
  }
  return tx`
    update room r set ${counted}, status = x.status, locked = x.locked, hands_open = x.hands_open,
      calm_command_id = x.calm_command_id, calm_until = x.calm_until, ended_at = x.ended_at,
      shift_since = x.shift_since
    from ${headRows(tx, rows)} where r.id = x.id`;
}

function hasSameHead({ room, head, events }: RoomDraft): boolean {
  return (
    room.status === head.room.status &&
    room.locked === head.room.locked &&
    room.handsOpen === head.room.handsOpen &&
    room.calm?.commandId === head.room.calm?.commandId &&
    !events.some(({ body }) => body.type === 'hand_over.acknowledged')
  );
}

function headRecordOf(draft: RoomDraft) {
  const { room, nextOrd } = draft;
  return {
    id: room.id,
    status: room.status,
    locked: room.locked,
    hands_open: room.handsOpen,
    calm_command_id: room.calm?.commandId ?? null,
    calm_until: iso(room.calm?.until ?? null),
    unattended_since: iso(room.unattendedSince),
    ended_at: iso(room.endedAt),
    seq: room.seq,
    lock_seq: room.lockSeq,
    hands_seq: room.handsSeq,
    calm_seq: room.calmSeq,
    next_ord: nextOrd,
    ...room.counts,
    shift_since: iso(shiftSinceOf(draft)),
  };
}
