import type { Refusal } from '#app/domain/rooms/reasons.ts';
import { isRemoved } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { listScope, type Watching, watchRefusals } from '#server/rooms/rights.ts';
import type { Peers } from './cluster.ts';
import {
  type ConsoleNamespace,
  type ConsoleSocket,
  operatorsRoom,
  watchersRoom,
} from './console-session.ts';
import { endSocket } from './session-watch.ts';

const EVERY_MS = 5_000;

export interface ConsoleRights {
  /** Looks again at once at what an operator may watch, in every process. */
  operatorChanged(operatorId: string): void;
  /** Ends the watches of hosts and room moderators whom a change deprived of their role. */
  followChange(change: RoomChange): void;
  close(): void;
}

export interface RightsOptions {
  db: Db;
  nsp: ConsoleNamespace;
  peers: Peers;
  /** Told when somebody stopped watching. */
  unwatched(room: string): void;
  failed(error: unknown): void;
}

/**
 * Ends watches whose right has ended: at once when told, within 5 s otherwise. What the
 * command line does to operators nobody is told of, and so it is seen within 5 s.
 */
export function openConsoleRights(options: RightsOptions): ConsoleRights {
  const { db, nsp, peers } = options;

  function revoke(socket: ConsoleSocket, room: string, reason: Refusal): void {
    if (!socket.data.rooms.includes(room)) return;
    leaveRoom(socket, room);
    socket.emit('room:revoked', room, reason);
    options.unwatched(room);
  }

  async function recheck(sockets: readonly ConsoleSocket[]): Promise<void> {
    if (sockets.length === 0) return;
    const asked: (Watching & { socket: ConsoleSocket; list: boolean })[] = [];
    for (const socket of sockets) {
      const { actor, rooms, listing } = socket.data;
      for (const room of rooms) asked.push({ socket, actor, room, list: false });
      if (listing) asked.push({ socket, actor, room: listScope(actor), list: true });
    }
    const refusals = await watchRefusals(db, asked);
    for (const [index, { socket, room, list }] of asked.entries()) {
      const refusal = refusals[index];
      if (!refusal) continue;
      if (!list) revoke(socket, room as string, refusal);
      else if (socket.data.listing) endSocket(socket);
    }
  }

  function revokeHere(room: string, member: string): void {
    for (const socket of nsp.sockets.values()) {
      const { actor } = socket.data;
      if (actor.kind !== 'member' || actor.id !== member || actor.room !== room) continue;
      revoke(socket, room, 'forbidden');
      if (socket.data.listing) endSocket(socket);
    }
  }

  function recheckHere(operatorId: string): void {
    const theirs = [...nsp.sockets.values()].filter(
      ({ data: { actor } }) => actor.kind === 'operator' && actor.id === operatorId,
    );
    recheck(theirs).catch(options.failed);
  }

  peers.answer('console:operator_changed', recheckHere);
  peers.answer('console:role_lost', revokeHere);
  const timer = setInterval(() => {
    recheck([...nsp.sockets.values()]).catch(options.failed);
  }, EVERY_MS);

  return {
    operatorChanged(operatorId) {
      recheckHere(operatorId);
      peers.tell('console:operator_changed', operatorId);
    },
    followChange({ room, events, people }) {
      for (const { body } of events) {
        if (body.type !== 'participant.demoted' && body.type !== 'participant.removed') continue;
        const person = people.get(body.member);
        const keeps = person && (person.role === 'host' || person.role === 'moderator');
        if (keeps && !isRemoved(person, Date.now())) continue;
        revokeHere(room.id, body.member);
        peers.tell('console:role_lost', room.id, body.member);
      }
    },
    close: () => clearInterval(timer),
  };
}

/** Takes a socket out of a room it watches. */
export function leaveRoom(socket: ConsoleSocket, room: string): void {
  void socket.leave(watchersRoom(room));
  void socket.leave(operatorsRoom(room));
  socket.data.rooms = socket.data.rooms.filter((watched) => watched !== room);
}
