import { releaseFloor } from './decide.ts';
import type { Returned, RoomEventBody } from './events.ts';
import { type Refused, refuse } from './reasons.ts';
import {
  type Instant,
  isRemoved,
  maySpeak,
  type Participant,
  type Role,
  type Room,
} from './state.ts';

/** What a member's client or the platform says happened; the rule decides whether it did. */
export type PresenceInput =
  | { kind: 'join'; role: Role; returned: Returned }
  | { kind: 'leave'; goodbye: boolean }
  | { kind: 'expire' }
  | { kind: 'raise_hand' }
  | { kind: 'lower_hand' }
  | { kind: 'mic'; on: boolean }
  | { kind: 'floor'; holding: boolean };

export interface PresenceAccepted {
  ok: true;
  /** Empty when it already was so: saying it twice is not an error. */
  events: RoomEventBody[];
}

/**
 * The rule of presence.
 * @param person the participant before; for a first join, one made by `newParticipant`
 * @param input what is said to have happened
 */
export function decidePresence(
  room: Room,
  person: Participant,
  input: PresenceInput,
  now: Instant,
): PresenceAccepted | Refused {
  if (room.status === 'ended') return refuse('room_ended');
  if (input.kind === 'join') return decideJoin(room, person, input, now);
  if (input.kind === 'leave') return decideLeave(person, input.goodbye);
  if (input.kind === 'expire') return decideExpire(person);
  if (isRemoved(person, now)) return refuse('removed');
  if (person.presence !== 'present') return refuse('not_present');
  const member = person.memberId;
  switch (input.kind) {
    case 'raise_hand':
      if (person.hand !== null) return accept();
      if (!room.handsOpen) return refuse('hands_closed');
      if (person.role !== 'listener') return refuse('role_unchanged');
      return accept({ type: 'hand.raised', member, at: now });
    case 'lower_hand':
      if (person.hand === null) return accept();
      return accept({ type: 'hand.lowered', member, at: person.hand });
    case 'mic':
      if (person.micOn === input.on) return accept();
      if (!input.on) return accept(...releaseFloor(person), { type: 'mic.turned_off', member });
      return silenced(person) ?? accept({ type: 'mic.turned_on', member });
    case 'floor':
      if ((person.floorSince !== null) === input.holding) return accept();
      if (!input.holding) return accept(...releaseFloor(person));
      return silenced(person) ?? accept({ type: 'floor.taken', member });
  }
}

/** May this member come in now? Used for admission and for the join itself. */
export function admits(room: Room, person: Participant, now: Instant): Refused | null {
  if (room.status === 'ended') return refuse('room_ended');
  if (isRemoved(person, now)) return refuse('removed');
  const belongs =
    person.presence !== 'gone' || person.role === 'host' || person.role === 'moderator';
  if (room.locked && !belongs) return refuse('room_locked');
  return null;
}

function decideJoin(
  room: Room,
  person: Participant,
  input: { role: Role; returned: Returned },
  now: Instant,
): PresenceAccepted | Refused {
  const barred = admits(room, person, now);
  if (barred) return barred;
  if (person.presence === 'present') return accept();
  const { memberId: member, ord, role } = person;
  return accept({ type: 'participant.joined', member, ord, role, returned: input.returned });
}

function decideLeave(person: Participant, goodbye: boolean): PresenceAccepted | Refused {
  if (person.presence === 'gone') return accept();
  const member = person.memberId;
  if (goodbye) {
    return accept(...releaseFloor(person), { type: 'participant.left', member, goodbye });
  }
  if (person.presence === 'dropped') return accept();
  return accept(...releaseFloor(person), { type: 'participant.dropped', member });
}

function decideExpire(person: Participant): PresenceAccepted {
  if (person.presence !== 'dropped') return accept();
  return accept({ type: 'participant.left', member: person.memberId, goodbye: false });
}

function silenced(person: Participant): Refused | null {
  if (maySpeak(person)) return null;
  return refuse(person.muted ? 'muted' : 'not_on_stage');
}

function accept(...events: RoomEventBody[]): PresenceAccepted {
  return { ok: true, events };
}
