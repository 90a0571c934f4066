import { memberOf, type RoomEvent, type RoomEventBody } from './events.ts';
import { evolve } from './evolve.ts';
import type { Instant, Participant, Room } from './state.ts';

/** A room under its lock, being changed: the events accepted so far and what they have made of it. */
export interface Draft {
  room: Room;
  /** Everyone loaded or changed. */
  people: Map<string, Participant>;
  /** Ids of those that changed. */
  touched: Set<string>;
  events: RoomEvent[];
}

/** Starts a draft over a loaded room; `people` is copied. */
export function draftOf(room: Room, people: Iterable<Participant>): Draft {
  const map = new Map<string, Participant>();
  for (const person of people) map.set(person.memberId, person);
  return { room, people: map, touched: new Set(), events: [] };
}

/** Numbers the bodies on from the room's `seq`, folds them in, and adds what follows from them. */
export function record(
  draft: Draft,
  bodies: readonly RoomEventBody[],
  at: Instant,
  commandId: string | null,
): void {
  for (const body of bodies) recordOne(draft, body, at, commandId);
}

/** Closes a batch: raises or ends the unattended alarm as the result demands. */
export function settle(draft: Draft, at: Instant, commandId: string | null = null): void {
  const { counts, unattendedSince, status } = draft.room;
  if (status === 'ended') return;
  if (counts.attendants === 0 && counts.present > 0 && unattendedSince === null) {
    recordOne(draft, { type: 'room.unattended' }, at, commandId);
  } else if (counts.attendants > 0 && unattendedSince !== null) {
    recordOne(draft, { type: 'room.attended' }, at, commandId);
  }
}

function recordOne(draft: Draft, body: RoomEventBody, at: Instant, commandId: string | null) {
  const event: RoomEvent = { seq: draft.room.seq + 1, at, commandId, body };
  const member = memberOf(body);
  const before = member === null ? null : (draft.people.get(member) ?? null);
  const after = evolve(draft.room, before, event);
  draft.room = after.room;
  draft.events.push(event);
  if (member !== null && after.person !== null) {
    draft.people.set(member, after.person);
    if (after.person !== before) draft.touched.add(member);
  }
}
