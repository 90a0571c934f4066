import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { memberOf } from '#app/domain/rooms/events.ts';
import { type Draft, draftOf } from '#app/domain/rooms/fold.ts';
import type { Participant, Room } from '#app/domain/rooms/state.ts';
import {
  type Extras,
  extrasOf,
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from './rows.ts';

/** A domain draft with what the tables hold beyond it. */
export interface RoomDraft extends Draft {
  extras: Map<string, Extras>;
  /** Participants as they were before. */
  loaded: ReadonlyMap<string, Participant>;
  record: RoomRecord;
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
}

/** Starts a draft over a locked room and the participants loaded under its lock. */
export function startDraft(record: RoomRecord, rows: readonly ParticipantRecord[]): RoomDraft {
  const extras = new Map<string, Extras>();
  for (const row of rows) extras.set(row.member_id, extrasOf(row));
  const draft = draftOf(roomOf(record), rows.map(participantOf));
  return {
    ...draft,
    extras,
    loaded: new Map(draft.people),
    record,
    nextOrd: record.next_ord,
    beside: [],
  };
}

/** @returns the change to tell after commit, or null when nothing happened */
export function changeOf(draft: RoomDraft): RoomChange | null {
  if (draft.events.length === 0) return null;
  const people = new Map<string, Participant>();
  for (const { body } of draft.events) {
    const member = memberOf(body);
    const person = member === null ? undefined : draft.people.get(member);
    if (person) people.set(person.memberId, person);
  }
  return { room: draft.room, events: draft.events, people };
}
