import type { RoomEvent, RoomEventBody } from './events.ts';
import type { Instant, Participant, Room } from './state.ts';

/**
 * The event that takes back `event`, or null when there is nothing to take back (a microphone or
 * the floor is never given back) or when something newer has changed the same aspect since.
 * `rank` is the rank of whoever undoes.
 */
export function inverseOf(
  event: RoomEvent,
  room: Room,
  person: Participant | null,
  rank: number,
): RoomEventBody | null {
  const { body, seq, at } = event;
  // Who has left since gave up stage and hand themselves.
  if (person?.presence === 'gone' && person.leftAt !== null && person.leftAt > at) {
    if (body.type === 'hand.lowered') return null;
    if (body.type === 'participant.demoted' && body.from === 'speaker') return null;
  }
  switch (body.type) {
    case 'room.locked':
      return room.lockSeq === seq ? { type: 'room.unlocked' } : null;
    case 'room.unlocked':
      return room.lockSeq === seq ? { type: 'room.locked' } : null;
    case 'hands.closed':
      return room.handsSeq === seq ? { type: 'hands.opened' } : null;
    case 'hands.opened':
      return room.handsSeq === seq ? { type: 'hands.closed' } : null;
    case 'room.calmed':
      return room.calmSeq === seq ? { type: 'room.calm_reverted' } : null;
    default:
      return person === null ? null : inverseOn(body, seq, person, rank);
  }
}

function inverseOn(
  body: RoomEventBody,
  seq: number,
  person: Participant,
  rank: number,
): RoomEventBody | null {
  const member = person.memberId;
  switch (body.type) {
    case 'participant.muted':
      if (person.speechSeq !== seq) return null;
      if (body.was > 0) {
        return { type: 'participant.muted', member, rank: body.was, was: body.rank };
      }
      return { type: 'participant.allowed_to_speak', member, rank: body.rank };
    case 'participant.allowed_to_speak':
      if (person.speechSeq !== seq) return null;
      return { type: 'participant.muted', member, rank: Math.max(body.rank, rank), was: 0 };
    case 'participant.removed':
      if (person.removalSeq !== seq) return null;
      if (body.before) return removalBack(body, body.before, person);
      return {
        type: 'participant.readmitted',
        member,
        role: body.role,
        hand: body.hand,
        until: body.until,
        rank: body.rank,
      };
    case 'participant.readmitted':
      if (person.removalSeq !== seq) return null;
      return {
        type: 'participant.removed',
        member,
        until: body.until,
        rank: Math.max(body.rank, rank),
        role: person.role,
        hand: person.hand,
        before: null,
      };
    case 'participant.promoted':
      if (person.roleSeq !== seq) return null;
      return roleBack('participant.demoted', body, person, seq);
    case 'participant.demoted':
      if (person.roleSeq !== seq) return null;
      return roleBack('participant.promoted', body, person, seq);
    case 'hand.lowered':
      if (person.handSeq !== seq || person.role !== 'listener') return null;
      return { type: 'hand.raised', member, at: body.at };
    default:
      return null;
  }
}

/** Who was removed before stays so, as it was. */
function removalBack(
  { until, rank }: { until: Instant | null; rank: number },
  before: { until: Instant | null; rank: number },
  { memberId: member, role, hand }: Participant,
): RoomEventBody {
  return {
    type: 'participant.removed',
    member,
    ...before,
    role,
    hand,
    before: { until, rank },
  };
}

function roleBack<Type extends 'participant.promoted' | 'participant.demoted'>(
  type: Type,
  body: {
    member: string;
    from: Participant['role'];
    to: Participant['role'];
    handFrom: Instant | null;
  },
  person: Participant,
  seq: number,
) {
  const handTo = person.handSeq === seq ? body.handFrom : person.hand;
  return { type, member: body.member, from: body.to, to: body.from, handFrom: person.hand, handTo };
}
