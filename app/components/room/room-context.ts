import { createContext, useContext, useSyncExternalStore } from 'react';
import { operatorPower } from '#app/domain/access/operator-power.ts';
import type { Power } from '#app/domain/rooms/authority.ts';
import type { Participant, PersonCard, Room } from '#app/domain/rooms/state.ts';
import type { RoomStore, RoomTopic } from '#app/live/room-store.ts';
import type { RoomHead, Viewer } from '#app/load-context.ts';
import type { Acting } from './use-acting.ts';

/** What every part of the room screen shares. */
export interface RoomScreenValue {
  store: RoomStore;
  head: RoomHead;
  viewer: Viewer;
  acting: Acting;
  /** The person whose panel is open. */
  selected: string | null;
  select: (member: string | null) => void;
}

export const RoomScreenContext = createContext<RoomScreenValue | null>(null);

/** @throws outside the room screen */
export function useRoomScreen(): RoomScreenValue {
  const value = useContext(RoomScreenContext);
  if (value === null) throw new Error('Outside the room screen');
  return value;
}

/** Draws again when a topic changed. @returns its version */
export function useTopic(store: RoomStore, topic: RoomTopic): number {
  return useSyncExternalStore(
    (listener) => store.subscribe(topic, listener),
    () => store.version(topic),
    () => 0,
  );
}

/** Reads something whose identity changes with its content, drawing again only then. */
export function useLive<T>(topic: RoomTopic, read: (store: RoomStore) => T, before: T): T {
  const { store } = useRoomScreen();
  return useSyncExternalStore(
    (listener) => store.subscribe(topic, listener),
    () => read(store),
    () => before,
  );
}

/** @returns the head of the room; null before the first snapshot. */
export function useRoom(): Room | null {
  return useLive('head', ({ model }) => model.room, null);
}

/** @returns someone as they are now. */
export function usePerson(member: string | null): Participant | null {
  return useLive('people', ({ model }) => (member && model.people.get(member)) || null, null);
}

/** @returns what is known of someone beyond the room. */
export function useCard(member: string | null): PersonCard | null {
  return useLive('people', ({ model }) => (member && model.cards.get(member)) || null, null);
}

/** @returns what the viewer may do here; a host's or moderator's follows their role, live. */
export function usePower(): Power {
  const { viewer, head } = useRoomScreen();
  const own = usePerson(head.you);
  if (viewer.kind === 'operator') return operatorPower(viewer.roles);
  if (own?.role === 'host') return 'host';
  return own?.role === 'moderator' ? 'room_moderator' : 'none';
}
