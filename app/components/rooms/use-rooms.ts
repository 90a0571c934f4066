import { useEffect, useState, useSyncExternalStore } from 'react';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { shareConsoleSocket } from '#app/live/console-socket.ts';
import { createRoomsStore, type RoomsState } from '#app/live/rooms-feed.ts';
import { browserTiming } from '#app/live/timing.ts';

/** The list of rooms, live from the page's own rows on. */
export function useRooms(first: readonly RoomRow[]): RoomsState {
  const [store] = useState(() => createRoomsStore(first, browserTiming));
  useEffect(() => {
    const { wire, release } = shareConsoleSocket();
    const stop = store.start(wire);
    return () => {
      stop();
      release();
    };
  }, [store]);
  return useSyncExternalStore(store.subscribe, store.read, store.read);
}
