import { mayReverse, type Power, rankOf } from './authority.ts';
import type { Accepted, Situation } from './decide.ts';
import { memberOf, type RoomEventBody } from './events.ts';
import { inverseOf } from './inverse.ts';
import { type Refused, refuse } from './reasons.ts';
import type { Participant } from './state.ts';

/**
 * Takes back an earlier command event by event, newest first. A single act that something newer
 * has overtaken is refused; of an act on many, only what still stands is taken back.
 */
export function decideUndo(situation: Situation): Accepted | Refused {
  const { original, room, people, power, actorMember } = situation;
  if (original === null) return refuse('command_not_found');
  if (original.undone) return refuse('already_undone');
  const undoable = original.events.filter((event) => UNDOABLE.has(event.body.type));
  if (undoable.length === 0) return refuse('not_undoable');

  const events: RoomEventBody[] = [];
  for (const event of undoable.toReversed()) {
    const member = memberOf(event.body);
    const person = member === null ? null : (people.get(member) ?? null);
    if (member !== null && member === actorMember) return refuse('yourself');
    const inverse = inverseOf(event, room, person, rankOf(power));
    if (inverse === null) continue;
    if (person && !mayReverse(power, event.body, inverse, person.role)) return refuse('forbidden');
    if (person && isOutranked(inverse, person, power)) return refuse('outranked');
    events.push(inverse);
  }
  if (events.length === 0) return refuse('superseded');
  return { ok: true, events: parentFirst(events) };
}

const UNDOABLE: ReadonlySet<RoomEventBody['type']> = new Set<RoomEventBody['type']>([
  'participant.muted',
  'participant.allowed_to_speak',
  'participant.removed',
  'participant.readmitted',
  'participant.promoted',
  'participant.demoted',
  'hand.lowered',
  'hand.raised',
  'hands.closed',
  'hands.opened',
  'room.locked',
  'room.unlocked',
  'room.calmed',
]);

function isOutranked(inverse: RoomEventBody, person: Participant, power: Power): boolean {
  switch (inverse.type) {
    case 'participant.allowed_to_speak':
    case 'participant.muted':
      return person.muteRank > rankOf(power);
    case 'participant.readmitted':
    case 'participant.removed':
      return person.removal !== null && person.removal.rank > rankOf(power);
    default:
      return false;
  }
}

/** `room.calm_reverted` opens the list, so that the parent is recorded before its children. */
function parentFirst(events: RoomEventBody[]): RoomEventBody[] {
  const parent = events.findIndex((event) => event.type === 'room.calm_reverted');
  if (parent <= 0) return events;
  return [events[parent] as RoomEventBody, ...events.toSpliced(parent, 1)];
}
