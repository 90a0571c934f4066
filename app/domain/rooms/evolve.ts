import type { RoomEvent } from './events.ts';
import { newParticipant, type Participant, type Room, type RoomCounts } from './state.ts';

/** A room's head and the one participant an event names. */
export interface Seat {
  room: Room;
  person: Participant | null;
}

/**
 * The one place where an event becomes state: the database's projection and every screen are
 * this function folded over the events. Pure; an event for a member nobody has seen makes one
 * only when it is a join.
 */
export function evolve(room: Room, person: Participant | null, event: RoomEvent): Seat {
  const changed = evolvePerson(person, event);
  const head = evolveHead(room, event);
  head.seq = event.seq;
  if (changed !== person) head.counts = recount(head.counts, person, changed);
  return { room: head, person: changed };
}

function evolveHead(room: Room, { body, seq, at }: RoomEvent): Room {
  switch (body.type) {
    case 'room.locked':
      return { ...room, locked: true, lockSeq: seq };
    case 'room.unlocked':
      return { ...room, locked: false, lockSeq: seq };
    case 'hands.closed':
      return { ...room, handsOpen: false, handsSeq: seq };
    case 'hands.opened':
      return { ...room, handsOpen: true, handsSeq: seq };
    case 'room.calmed':
      return { ...room, calm: { commandId: body.commandId, until: body.until }, calmSeq: seq };
    case 'room.calm_reverted':
      return { ...room, calm: null, calmSeq: seq };
    case 'room.unattended':
      return { ...room, unattendedSince: at };
    case 'room.attended':
      return { ...room, unattendedSince: null };
    case 'room.ended':
      return { ...room, status: 'ended', endedAt: at, calm: null, unattendedSince: null };
    default:
      return { ...room };
  }
}

function evolvePerson(
  person: Participant | null,
  { body, seq, at }: RoomEvent,
): Participant | null {
  if (body.type === 'participant.joined') {
    const known = person ?? newParticipant(body.member, body.ord, body.role);
    const joinedAt = known.presence === 'dropped' ? known.joinedAt : at;
    return { ...known, role: body.role, presence: 'present', joinedAt, leftAt: null };
  }
  if (person === null) return null;
  switch (body.type) {
    case 'participant.left': {
      return leaveStage({ ...absent(person, at), presence: 'gone' }, seq);
    }
    case 'participant.dropped':
      return { ...absent(person, at), presence: 'dropped' };
    case 'hand.raised':
      return { ...person, hand: body.at, handSeq: seq };
    case 'hand.lowered':
      return { ...person, hand: null, handSeq: seq };
    case 'mic.turned_on':
      return { ...person, micOn: true };
    case 'mic.turned_off':
      return { ...person, micOn: false };
    case 'floor.taken':
      return { ...person, floorSince: at };
    case 'floor.released':
      return { ...person, floorSince: null };
    case 'participant.muted':
      return {
        ...silent(person),
        muted: true,
        muteRank: body.rank,
        speechSeq: seq,
        enforcement: 'requested',
      };
    case 'participant.allowed_to_speak':
      return { ...person, muted: false, muteRank: 0, speechSeq: seq, enforcement: 'requested' };
    case 'participant.removed':
      return {
        ...absent(person, at),
        presence: 'gone',
        role: 'listener',
        roleSeq: seq,
        hand: null,
        handSeq: seq,
        removal: { at, until: body.until, rank: body.rank },
        removalSeq: seq,
        enforcement: 'requested',
      };
    case 'participant.readmitted':
      return {
        ...person,
        role: body.role,
        roleSeq: seq,
        hand: body.hand,
        handSeq: seq,
        removal: null,
        removalSeq: seq,
        enforcement: 'requested',
      };
    case 'participant.promoted':
    case 'participant.demoted': {
      const base = body.to === 'listener' ? silent(person) : person;
      const crossed = body.from === 'listener' || body.to === 'listener';
      return {
        ...base,
        role: body.to,
        roleSeq: seq,
        hand: body.handTo,
        handSeq: body.handTo === person.hand ? person.handSeq : seq,
        enforcement: crossed ? 'requested' : person.enforcement,
      };
    }
    case 'enforcement.changed':
      return { ...person, enforcement: body.state };
    default:
      return person;
  }
}

/** Leaving on one's own gives up the stage and the hand; hosts and moderators keep their role. */
function leaveStage(person: Participant, seq: number): Participant {
  const left = person.hand === null ? person : { ...person, hand: null, handSeq: seq };
  return left.role === 'speaker' ? { ...left, role: 'listener', roleSeq: seq } : left;
}

function silent(person: Participant): Participant {
  return { ...person, micOn: false, floorSince: null };
}

function absent(person: Participant, at: number): Participant {
  return { ...silent(person), leftAt: at };
}

function recount(counts: RoomCounts, before: Participant | null, after: Participant | null) {
  const minus = before === null ? NOTHING : countsOf(before);
  const plus = after === null ? NOTHING : countsOf(after);
  return {
    present: counts.present + plus.present - minus.present,
    stage: counts.stage + plus.stage - minus.stage,
    hands: counts.hands + plus.hands - minus.hands,
    attendants: counts.attendants + plus.attendants - minus.attendants,
  };
}

const NOTHING: RoomCounts = { present: 0, stage: 0, hands: 0, attendants: 0 };

/** What one participant adds to the room's counts. */
export function countsOf(person: Participant): RoomCounts {
  const present = person.presence === 'present';
  return {
    present: present ? 1 : 0,
    stage: present && person.role !== 'listener' ? 1 : 0,
    hands: person.presence !== 'gone' && person.hand !== null ? 1 : 0,
    attendants: present && (person.role === 'moderator' || person.role === 'host') ? 1 : 0,
  };
}
