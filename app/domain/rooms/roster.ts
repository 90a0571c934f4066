import { decodeCard, encodeCard } from './frame.ts';
import type { PeopleColumns } from './snapshot.ts';
import {
  newParticipant,
  type Participant,
  type PersonCard,
  type Presence,
  ROLES,
} from './state.ts';

const PRESENCES: readonly Presence[] = ['present', 'dropped', 'gone'];

/** Packs people into columns; `unpackPeople` gives exactly them back. */
export function packPeople(
  people: readonly { person: Participant; card: PersonCard }[],
): PeopleColumns {
  const columns: PeopleColumns = {
    cards: [],
    role: [],
    presence: [],
    mute: [],
    joinedAt: [],
    rest: {},
  };
  for (const { person, card } of people) {
    columns.cards.push(encodeCard(card));
    columns.role.push(ROLES.indexOf(person.role));
    columns.presence.push(PRESENCES.indexOf(person.presence));
    columns.mute.push(person.muteRank);
    columns.joinedAt.push(person.joinedAt);
    const rest = restOf(person);
    if (Object.keys(rest).length > 0) columns.rest[person.ord] = rest;
  }
  return columns;
}

/** Unpacks columns. */
export function unpackPeople(columns: PeopleColumns): { person: Participant; card: PersonCard }[] {
  return columns.cards.map((wire, i) => {
    const card = decodeCard(wire);
    const role = ROLES[columns.role[i] ?? 0] ?? 'listener';
    const muteRank = columns.mute[i] ?? 0;
    const person: Participant = {
      ...newParticipant(card.memberId, card.ord, role),
      presence: PRESENCES[columns.presence[i] ?? 0] ?? 'present',
      muteRank,
      muted: muteRank > 0,
      joinedAt: columns.joinedAt[i] ?? null,
      ...columns.rest[card.ord],
    };
    return { person, card };
  });
}

const REST = [
  'hand',
  'micOn',
  'floorSince',
  'leftAt',
  'removal',
  'enforcement',
  'roleSeq',
  'speechSeq',
  'handSeq',
  'removalSeq',
] as const;

function restOf(person: Participant): Partial<Participant> {
  const plain = newParticipant(person.memberId, person.ord, person.role);
  const rest: Record<string, unknown> = {};
  for (const key of REST) if (person[key] !== plain[key]) rest[key] = person[key];
  return rest as Partial<Participant>;
}
