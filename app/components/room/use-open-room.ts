import { useEffect, useMemo } from 'react';
import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { shareConsoleSocket } from '#app/live/console-socket.ts';
import { createRoomStore, type RoomStore } from '#app/live/room-store.ts';
import { browserTiming } from '#app/live/timing.ts';

/** The store of a room, fed by the page's socket for as long as the screen is shown. */
export function useOpenRoom(room: string): RoomStore {
  const store = useMemo(
    () => createRoomStore({ room, timing: browserTiming, post: postCommand }),
    [room],
  );
  useEffect(() => {
    const { wire, release } = shareConsoleSocket();
    const close = store.open(wire);
    return () => {
      close();
      release();
    };
  }, [store]);
  return store;
}

/** The second way for a command; see `RoomStoreOptions.post`. */
async function postCommand(command: RoomCommandInput): Promise<ActAnswer> {
  const response = await fetch(`/rooms/${encodeURIComponent(command.room)}/act`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(command),
  });
  return (await response.json()) as ActAnswer;
}
