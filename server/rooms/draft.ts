import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { memberOf } from '#app/domain/rooms/events.ts';
import { type Draft, draftOf } from '#app/domain/rooms/fold.ts';
import type { Participant, Room } from '#app/domain/rooms/state.ts';
import type { Extras, Head, Seat } from './rows.ts';

/** A domain draft with what the tables hold beyond it. */
export interface RoomDraft extends Draft {
  extras: Map<string, Extras>;
  /** Participants as they were before. */
  loaded: ReadonlyMap<string, Participant>;
  /** The room as it was before. */
  head: Head;
  nextOrd: number;
  /** Statements sent beside the draft's own; the commit waits for them. */
  beside: Promise<unknown>[];
}

/** What a committed transaction changed in a room: everything a wire needs to tell others. */
export interface RoomChange {
  room: Room;
  /** Consecutive; never empty. */
  events: RoomEvent[];
  /** Everyone the events name, as they are now. */
  people: ReadonlyMap<string, Participant>;
  /** The room with what no wire tells. */
  head: Head;
  /** What no wire tells of people; holds all that the transaction read. */
  extras: ReadonlyMap<string, Extras>;
}

/** Starts a draft over a locked room and the participants loaded under its lock. */
export function startDraft(head: Head, seats: readonly Seat[]): RoomDraft {
  const draft = draftOf(
    head.room,
    seats.map(({ person }) => person),
  );
  return {
    ...draft,
    extras: new Map(seats.map(({ person, extras }) => [person.memberId, extras])),
    loaded: new Map(draft.people),
    head,
    nextOrd: head.nextOrd,
    beside: [],
  };
}

/** When this draft's hand-over was acknowledged, if it was: a shift begins. */
export function shiftSinceOf({ head, events }: RoomDraft) {
  const handedOver = events.findLast(({ body }) => body.type === 'hand_over.acknowledged');
  return handedOver?.at ?? head.shiftSince;
}

/** @returns the change to tell after commit, or null when nothing happened */
export function changeOf(draft: RoomDraft): RoomChange | null {
  const { room, events, extras, nextOrd } = draft;
  if (events.length === 0) return null;
  const people = new Map<string, Participant>();
  for (const { body } of events) {
    const member = memberOf(body);
    const person = member === null ? undefined : draft.people.get(member);
    if (person) people.set(person.memberId, person);
  }
  const head = { ...draft.head, room, nextOrd, shiftSince: shiftSinceOf(draft) };
  return { room, events, people, head, extras };
}
