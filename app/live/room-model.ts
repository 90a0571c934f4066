import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import { evolve } from '#app/domain/rooms/evolve.ts';
import { decodeCard, type WireCard } from '#app/domain/rooms/frame.ts';
import { unpackPeople } from '#app/domain/rooms/roster.ts';
import type { RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import type { Participant, PersonCard, Room } from '#app/domain/rooms/state.ts';
import { createFloorHistory, type FloorHistory } from './floor-history.ts';
import { createIncidentList, type IncidentList } from './incident-list.ts';

/** Parts of a room that screens wait for separately. */
export type Aspect = 'head' | 'stage' | 'hands' | 'roster' | 'people' | 'floor' | 'incidents';

/** Counts since someone last asked, for the spoken summary. */
export interface Tally {
  joined: number;
  left: number;
  hands: number;
}

/**
 * A room as this screen knows it: mutable maps, so that an event costs what it changes. Participants
 * and cards are replaced, never changed, so that equal identity means nothing to draw anew.
 */
export interface RoomModel {
  readonly room: Room | null;
  readonly people: ReadonlyMap<string, Participant>;
  readonly cards: ReadonlyMap<string, PersonCard>;
  /** Members on the stage, present or dropped. */
  readonly stage: ReadonlySet<string>;
  /** Members with a raised hand, present or dropped. */
  readonly hands: ReadonlySet<string>;
  /** Members present or dropped. */
  readonly roster: ReadonlySet<string>;
  /** Members with a removal, also one that has run out. */
  readonly removed: ReadonlySet<string>;
  readonly floor: FloorHistory;
  readonly incidents: IncidentList;
  /** Starts over from a snapshot. */
  load(snapshot: RoomSnapshot): void;
  /** Takes in the cards that a frame introduces. */
  introduce(cards: readonly WireCard[]): void;
  /** @throws RangeError for an ord nobody introduced */
  memberIdOf(ord: number): string;
  /** Folds one event in. @param changed receives the aspects it touched */
  apply(event: RoomEvent, changed: Set<Aspect>): void;
  /** Forgets everything. */
  clear(): void;
  takeTally(): Tally;
}

/** An empty room model. */
export function createRoomModel(): RoomModel {
  const people = new Map<string, Participant>();
  const cards = new Map<string, PersonCard>();
  const ids: string[] = [];
  const sets = { stage: new Set<string>(), hands: new Set<string>(), roster: new Set<string>() };
  const removed = new Set<string>();
  const floor = createFloorHistory();
  const incidents = createIncidentList();
  let room: Room | null = null;
  let tally: Tally = { joined: 0, left: 0, hands: 0 };

  const know = (card: PersonCard) => {
    cards.set(card.memberId, card);
    ids[card.ord] = card.memberId;
  };
  const put = (person: Participant, changed: Set<Aspect>) => {
    const id = person.memberId;
    const here = person.presence !== 'gone';
    const was = people.get(id);
    people.set(id, person);
    changed.add('people');
    place(sets.roster, id, here, changed, 'roster');
    place(sets.hands, id, here && person.hand !== null, changed, 'hands');
    place(sets.stage, id, here && person.role !== 'listener', changed, 'stage');
    if (sets.stage.has(id)) changed.add('stage');
    if (sets.hands.has(id)) changed.add('hands');
    if (was?.role !== person.role) changed.add('roster');
    if (person.removal === null ? removed.delete(id) : !removed.has(id) && removed.add(id)) {
      changed.add('roster');
    }
  };
  const clear = () => {
    room = null;
    for (const held of [people, cards, removed, ...Object.values(sets)]) held.clear();
    ids.length = 0;
    floor.load([], [], 0);
    incidents.load([]);
    tally = { joined: 0, left: 0, hands: 0 };
  };

  return {
    get room() {
      return room;
    },
    people,
    cards,
    ...sets,
    removed,
    floor,
    incidents,
    clear,
    load(snapshot) {
      clear();
      room = snapshot.room;
      for (const { person, card } of unpackPeople(snapshot.people)) {
        know(card);
        put(person, new Set());
      }
      floor.load(snapshot.floor, snapshot.presence, snapshot.room.openedAt);
      incidents.load(snapshot.incidents);
    },
    introduce(wires) {
      for (const wire of wires) know(decodeCard(wire));
    },
    memberIdOf(ord) {
      const id = ids[ord];
      if (id === undefined) throw new RangeError(`Nobody introduced ord ${ord}`);
      return id;
    },
    apply(event, changed) {
      if (room === null) return;
      const member = memberOf(event.body);
      const before = member === null ? null : (people.get(member) ?? null);
      const after = evolve(room, before, event);
      room = after.room;
      changed.add('head');
      if (after.person !== null && after.person !== before) put(after.person, changed);
      if (floor.apply(event, room.counts.present)) changed.add('floor');
      const inviterNameOf = (id: string) => cards.get(id)?.name ?? null;
      if (incidents.apply(event, inviterNameOf)) changed.add('incidents');
      count(tally, event);
    },
    takeTally() {
      const taken = tally;
      tally = { joined: 0, left: 0, hands: 0 };
      return taken;
    },
  };
}

function place(
  set: Set<string>,
  id: string,
  belongs: boolean,
  changed: Set<Aspect>,
  aspect: Aspect,
): void {
  if (set.has(id) === belongs) return;
  if (belongs) set.add(id);
  else set.delete(id);
  changed.add(aspect);
}

function count(tally: Tally, { body }: RoomEvent): void {
  if (body.type === 'participant.joined') tally.joined++;
  else if (body.type === 'hand.raised') tally.hands++;
  else if (body.type === 'participant.left' && body.goodbye) tally.left++;
  else if (body.type === 'participant.dropped' || body.type === 'participant.removed') tally.left++;
}
