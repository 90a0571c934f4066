import type { Instant, Participant, PersonCard, Room } from '#app/domain/rooms/state.ts';
import { iso } from './iso.ts';

/** A row of `room`, as the raw client returns it. */
export interface RoomRecord {
  id: string;
  title: string;
  language: string;
  status: 'live' | 'ended';
  locked: boolean;
  hands_open: boolean;
  calm_command_id: string | null;
  calm_until: Date | null;
  unattended_since: Date | null;
  opened_at: Date;
  ended_at: Date | null;
  pinned_at: Date | null;
  seq: number;
  lock_seq: number;
  hands_seq: number;
  calm_seq: number;
  next_ord: number;
  present: number;
  stage: number;
  hands: number;
  attendants: number;
  shift_hours: number | null;
  shift_since: Date | null;
}

/** A row of `participant`. */
export interface ParticipantRecord {
  room_id: string;
  member_id: string;
  member_ref: string;
  ord: number;
  role: Participant['role'];
  presence: Participant['presence'];
  mute_rank: number;
  hand_at: Date | null;
  mic_on: boolean;
  floor_since: Date | null;
  joined_at: Date | null;
  left_at: Date | null;
  removed_at: Date | null;
  removed_until: Date | null;
  removal_rank: number;
  enforcement: Participant['enforcement'];
  role_seq: number;
  speech_seq: number;
  hand_seq: number;
  removal_seq: number;
  cohort: string | null;
  via: 'socket' | 'platform';
  branch: string | null;
}

/** A room's row in the domain's words. */
export interface Head {
  room: Room;
  nextOrd: number;
  /** Whether a report keeps its events. */
  pinned: boolean;
  shiftSince: Instant | null;
}

/** A participant's row in the domain's words. */
export interface Seat {
  person: Participant;
  extras: Extras;
}

/** What a participant's row holds beyond the domain's participant. */
export interface Extras {
  ref: string;
  cohort: string | null;
  via: 'socket' | 'platform';
  branch: string | null;
}

const at = (date: Date | null) => (date === null ? null : date.getTime());

/** The domain's room of a row. */
export function roomOf(row: RoomRecord): Room {
  return {
    id: row.id,
    title: row.title,
    language: row.language,
    status: row.status,
    locked: row.locked,
    handsOpen: row.hands_open,
    calm:
      row.calm_command_id === null || row.calm_until === null
        ? null
        : { commandId: row.calm_command_id, until: row.calm_until.getTime() },
    unattendedSince: at(row.unattended_since),
    openedAt: row.opened_at.getTime(),
    endedAt: at(row.ended_at),
    seq: row.seq,
    lockSeq: row.lock_seq,
    handsSeq: row.hands_seq,
    calmSeq: row.calm_seq,
    counts: {
      present: row.present,
      stage: row.stage,
      hands: row.hands,
      attendants: row.attendants,
    },
  };
}

/** The same with what only the server keeps of a room. */
export function headOf(row: RoomRecord): Head {
  return {
    room: roomOf(row),
    nextOrd: row.next_ord,
    pinned: row.pinned_at !== null,
    shiftSince: at(row.shift_since),
  };
}

/** The domain's participant of a row. */
export function participantOf(row: ParticipantRecord): Participant {
  return {
    memberId: row.member_id,
    ord: row.ord,
    role: row.role,
    presence: row.presence,
    muted: row.mute_rank > 0,
    muteRank: row.mute_rank,
    hand: at(row.hand_at),
    micOn: row.mic_on,
    floorSince: at(row.floor_since),
    joinedAt: at(row.joined_at),
    leftAt: at(row.left_at),
    removal:
      row.removed_at === null
        ? null
        : {
            at: row.removed_at.getTime(),
            until: at(row.removed_until),
            rank: row.removal_rank,
          },
    enforcement: row.enforcement,
    roleSeq: row.role_seq,
    speechSeq: row.speech_seq,
    handSeq: row.hand_seq,
    removalSeq: row.removal_seq,
  };
}

/** The same with the rest of the row. */
export function seatOf(row: ParticipantRecord): Seat {
  const extras = { ref: row.member_ref, cohort: row.cohort, via: row.via, branch: row.branch };
  return { person: participantOf(row), extras };
}

/** A participant as the table takes it; see `write.ts`. */
export function recordOf(roomId: string, person: Participant, extras: Extras) {
  return {
    room_id: roomId,
    member_id: person.memberId,
    member_ref: extras.ref,
    ord: person.ord,
    role: person.role,
    presence: person.presence,
    mute_rank: person.muteRank,
    hand_at: iso(person.hand),
    mic_on: person.micOn,
    floor_since: iso(person.floorSince),
    joined_at: iso(person.joinedAt),
    left_at: iso(person.leftAt),
    removed_at: iso(person.removal?.at ?? null),
    removed_until: iso(person.removal?.until ?? null),
    removal_rank: person.removal?.rank ?? 0,
    enforcement: person.enforcement,
    role_seq: person.roleSeq,
    speech_seq: person.speechSeq,
    hand_seq: person.handSeq,
    removal_seq: person.removalSeq,
    cohort: extras.cohort,
    via: extras.via,
    branch: extras.branch,
  };
}

/** A row of the person-card query. */
export interface CardRecord {
  member_id: string;
  ord: number;
  name: string;
  handle: string;
  locale: string;
  inviter_name: string | null;
  branch: string | null;
  member_since: Date;
  prior_acts: number;
}

/** The domain's card of a row. */
export function cardOf(row: CardRecord): PersonCard {
  return {
    memberId: row.member_id,
    ord: row.ord,
    name: row.name,
    handle: row.handle,
    locale: row.locale,
    inviterName: row.inviter_name,
    branch: row.branch,
    memberSince: row.member_since.getTime(),
    priorActs: row.prior_acts,
  };
}
