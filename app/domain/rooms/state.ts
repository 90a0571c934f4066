/** The roles a participant can hold in one room, lowest first. */
export const ROLES = ['listener', 'speaker', 'moderator', 'host'] as const;
export type Role = (typeof ROLES)[number];

/** `dropped`: the connection was lost without goodbye and the grace period still runs. */
export type Presence = 'present' | 'dropped' | 'gone';

/** How far the newest act on a participant has come in the media plane. */
export type EnforcementState = 'requested' | 'delivered' | 'observed' | 'failed' | 'superseded';

/** Milliseconds since the Unix epoch, UTC. Wires outside the console speak ISO 8601 instead. */
export type Instant = number;

export interface RoomCounts {
  /** Participants whose presence is `present`. */
  present: number;
  /** Present speakers, moderators and hosts. */
  stage: number;
  /** Raised hands of people present or dropped. */
  hands: number;
  /** Present moderators and hosts. */
  attendants: number;
}

/** The head of a room: everything about it that isn't one participant. */
export interface Room {
  id: string;
  title: string;
  /** BCP 47 tag of the main language spoken. */
  language: string;
  status: 'live' | 'ended';
  locked: boolean;
  handsOpen: boolean;
  calm: { commandId: string; until: Instant } | null;
  unattendedSince: Instant | null;
  openedAt: Instant;
  endedAt: Instant | null;
  /** Number of the newest room event; the first is 1 and there are no gaps. */
  seq: number;
  /** `seq` of the event that last changed the aspect: what `undo` compares. */
  lockSeq: number;
  handsSeq: number;
  calmSeq: number;
  counts: RoomCounts;
}

export interface Removal {
  at: Instant;
  /** Null: until the room ends. */
  until: Instant | null;
  /** Rank of the power that removed; a lower one can't readmit. */
  rank: number;
}

/** A member in one room. */
export interface Participant {
  memberId: string;
  /** Small number of the member in this room, from 0; the wire's name for them. */
  ord: number;
  role: Role;
  presence: Presence;
  /** The right to speak is withdrawn. */
  muted: boolean;
  /** Rank of the power that muted; 0 when not muted. */
  muteRank: number;
  /** When the hand was raised; null when it is down. */
  hand: Instant | null;
  micOn: boolean;
  /** Since when this participant holds the floor. */
  floorSince: Instant | null;
  /** Start of the present or latest stay; null before the first. */
  joinedAt: Instant | null;
  leftAt: Instant | null;
  removal: Removal | null;
  enforcement: EnforcementState | null;
  roleSeq: number;
  speechSeq: number;
  handSeq: number;
  removalSeq: number;
}

/** What a console shows of a member beyond their state in the room. */
export interface PersonCard {
  memberId: string;
  ord: number;
  name: string;
  handle: string;
  /** BCP 47 tag, for the script of the name. */
  locale: string;
  inviterName: string | null;
  /** Id of the ancestor that stands for the branch; equal ids are the same branch. */
  branch: string | null;
  memberSince: Instant;
  /** Earlier mutes and removals, in any room. */
  priorActs: number;
}

/** A participant nobody has seen yet. */
export function newParticipant(memberId: string, ord: number, role: Role): Participant {
  return {
    memberId,
    ord,
    role,
    presence: 'gone',
    muted: false,
    muteRank: 0,
    hand: null,
    micOn: false,
    floorSince: null,
    joinedAt: null,
    leftAt: null,
    removal: null,
    enforcement: null,
    roleSeq: 0,
    speechSeq: 0,
    handSeq: 0,
    removalSeq: 0,
  };
}

/** An empty room before its first event. */
export function newRoom(id: string, title: string, language: string, openedAt: Instant): Room {
  return {
    id,
    title,
    language,
    status: 'live',
    locked: false,
    handsOpen: true,
    calm: null,
    unattendedSince: null,
    openedAt,
    endedAt: null,
    seq: 0,
    lockSeq: 0,
    handsSeq: 0,
    calmSeq: 0,
    counts: { present: 0, stage: 0, hands: 0, attendants: 0 },
  };
}

/** Whether a removal still keeps the participant out at `now`. */
export function isRemoved(participant: Participant, now: Instant): boolean {
  const { removal } = participant;
  return removal !== null && (removal.until === null || removal.until > now);
}

/** The right to speak: on stage and not muted. The microphone itself is the member's own. */
export function maySpeak(participant: Participant): boolean {
  return participant.role !== 'listener' && !participant.muted;
}

/** What the media plane must be made to do for a participant, read from the state now. */
export interface DesiredRights {
  admitted: boolean;
  maySpeak: boolean;
}

/** @returns the rights the media plane has to enforce; nobody is admitted to an ended room. */
export function desiredRights(room: Room, participant: Participant, now: Instant): DesiredRights {
  const admitted = room.status === 'live' && !isRemoved(participant, now);
  return { admitted, maySpeak: admitted && maySpeak(participant) };
}
