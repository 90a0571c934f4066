import { gzipSync } from 'node:zlib';
import type { RoomEventBody } from '#app/domain/rooms/events.ts';
import { type Draft, draftOf, record } from '#app/domain/rooms/fold.ts';
import { encodeFrame, type Frame, introducedBy } from '#app/domain/rooms/frame.ts';
import { decidePresence, type PresenceInput } from '#app/domain/rooms/presence.ts';
import { packPeople } from '#app/domain/rooms/roster.ts';
import type { CatchUp, RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import { newParticipant, newRoom, type PersonCard } from '#app/domain/rooms/state.ts';

export const OPENED = 1_600_000_000_000;

/** One thing that may happen to one of a few members. */
export interface Step {
  who: number;
  what:
    | 'join'
    | 'leave'
    | 'drop'
    | 'hand'
    | 'mic'
    | 'floor'
    | 'mute'
    | 'allow'
    | 'remove'
    | 'stage';
}

/** A room on the far side of the wire: events in order, and what they came to. */
export interface FakeRoom {
  draft: Draft;
  step(step: Step): void;
  seq(): number;
  /** Events `from`..`to` as a frame, with the cards of those who join in it. */
  frame(from: number, to: number): Frame;
  snapshot(): RoomSnapshot;
  catchUp(since: number | null, as: 'frames' | 'snapshot'): CatchUp;
}

/** A room that begins with one host. */
export function fakeRoom(): FakeRoom {
  const draft = draftOf(newRoom('room-1', 'Evening talk', 'en', OPENED), []);
  const ordOf = (id: string) => Number(id.slice(1));
  const at = () => OPENED + draft.room.seq * 1_000;
  const presence = (id: string, input: PresenceInput) => {
    const person = draft.people.get(id) ?? newParticipant(id, ordOf(id), 'listener');
    const answer = decidePresence(draft.room, person, input, at());
    if (answer.ok) record(draft, answer.events, at(), null);
  };
  const on = (body: RoomEventBody) => record(draft, [body], at(), null);
  const frame = (from: number, to: number) => {
    const events = draft.events.slice(from - 1, to);
    return encodeFrame(events, ordOf, introducedBy(events).map(cardOf));
  };
  const snapshot = (): RoomSnapshot => ({
    room: draft.room,
    people: packPeople(
      [...draft.people.values()].map((person) => ({ person, card: cardOf(person.memberId) })),
    ),
    floor: [],
    presence: [],
    incidents: [],
  });

  on({ type: 'room.opened' });
  return {
    draft,
    seq: () => draft.room.seq,
    frame,
    snapshot,
    catchUp(since, as) {
      const seq = draft.room.seq;
      if (since !== null && as === 'frames') {
        return { kind: 'frames', frames: since < seq ? [frame(since + 1, seq)] : [], seq };
      }
      const { buffer, byteOffset, byteLength } = gzipSync(JSON.stringify(snapshot()));
      return { kind: 'snapshot', gzip: buffer.slice(byteOffset, byteOffset + byteLength), seq };
    },
    step({ who, what }) {
      const id = `m${who}`;
      const person = draft.people.get(id);
      const member = id;
      if (what === 'join') return presence(id, { kind: 'join', role: 'listener', returned: 'no' });
      if (!person) return;
      const { role, hand } = person;
      if (what === 'leave') presence(id, { kind: 'leave', goodbye: true });
      else if (what === 'drop') presence(id, { kind: 'leave', goodbye: false });
      else if (what === 'hand') presence(id, { kind: hand === null ? 'raise_hand' : 'lower_hand' });
      else if (what === 'mic') presence(id, { kind: 'mic', on: !person.micOn });
      else if (what === 'floor') {
        presence(id, { kind: 'floor', holding: person.floorSince === null });
      } else if (what === 'mute') on({ type: 'participant.muted', member, rank: 2, was: 0 });
      else if (what === 'allow') on({ type: 'participant.allowed_to_speak', member, rank: 2 });
      else if (what === 'remove') {
        on({ type: 'participant.removed', member, until: null, rank: 2, role, hand, before: null });
      } else if (role === 'listener') {
        const hands = { handFrom: hand, handTo: null };
        on({ type: 'participant.promoted', member, from: role, to: 'speaker', ...hands });
      }
    },
  };
}

/** The card of a fake member. */
export function cardOf(memberId: string): PersonCard {
  const ord = Number(memberId.slice(1));
  return {
    memberId,
    ord,
    name: `Person ${ord}`,
    handle: `person_${ord}`,
    locale: 'en',
    inviterName: null,
    branch: `b${ord % 3}`,
    memberSince: OPENED,
    priorActs: 0,
  };
}
