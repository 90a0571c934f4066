import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { ConsoleToServer, ServerToConsole, Watcher } from '#app/domain/rooms/protocol.ts';
import type { ConsoleIdentity } from './deps.ts';
import type { Bucket } from './rate.ts';

/** What a console's socket carries. */
export interface ConsoleSession extends ConsoleIdentity, Bucket {
  /** Rooms watched now. */
  rooms: string[];
  /** Whether it is shown the list of rooms. */
  listing: boolean;
}

export type ConsoleNamespace = Namespace<
  ConsoleToServer,
  ServerToConsole,
  DefaultEventsMap,
  ConsoleSession
>;
export type ConsoleSocket = Socket<
  ConsoleToServer,
  ServerToConsole,
  DefaultEventsMap,
  ConsoleSession
>;

/** Socket.IO rooms: everyone who watches a room, and of those the operators. */
export const watchersRoom = (room: string) => `room:${room}`;
export const operatorsRoom = (room: string) => `operators:${room}`;

/** Rooms watched by anyone in this process. */
export function watchedHere(nsp: ConsoleNamespace): string[] {
  const watched = new Set<string>();
  for (const { data } of nsp.sockets.values()) for (const room of data.rooms) watched.add(room);
  return [...watched];
}

/** Who watches which room, in every process, each person once. */
export async function readWatchers(nsp: ConsoleNamespace): Promise<Map<string, Watcher[]>> {
  // When another process doesn't answer, those of this one are better than none.
  const sockets = await nsp.fetchSockets().catch(() => [...nsp.sockets.values()]);
  const byRoom = new Map<string, Map<string, Watcher>>();
  for (const { data } of sockets) {
    for (const room of data.rooms) {
      const people = byRoom.get(room) ?? new Map<string, Watcher>();
      people.set(data.ref, { ref: data.ref, name: data.name });
      byRoom.set(room, people);
    }
  }
  return new Map([...byRoom].map(([room, people]) => [room, [...people.values()]]));
}
