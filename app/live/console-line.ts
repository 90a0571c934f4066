import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { ConsoleToServer, ServerToConsole } from '#app/domain/rooms/protocol.ts';
import type { Wire, WireEvents } from './wire.ts';

const ANSWER_WITHIN = 5_000;
const TRY_AGAIN_AFTER = 1_000;

type ConsoleSocket = Socket<ServerToConsole, ConsoleToServer>;

/** A connection to the console's namespace that comes back after every loss. */
export interface ConsoleLine {
  wire: Wire;
  close(): void;
}

/** Opens one. @param url the namespace, with the server's origin where it isn't the page's */
export function openConsoleLine(
  url: string,
  options: Partial<ManagerOptions & SocketOptions>,
): ConsoleLine {
  const socket: ConsoleSocket = io(url, options);
  let again: ReturnType<typeof setTimeout> | undefined;
  // The client itself takes any word of the server for its last.
  socket.on('connect_error', (error) => {
    if (socket.active || !mayTryAgain(socket, error)) return;
    again = setTimeout(() => socket.connect(), TRY_AGAIN_AFTER);
  });
  return {
    wire: wireOver(socket),
    close() {
      clearTimeout(again);
      socket.close();
    },
  };
}

/** False when the server knows that this session is none; true when it couldn't be asked. */
function mayTryAgain(socket: ConsoleSocket, error: Error & { data?: { reason?: unknown } }) {
  return socket.active || error.data?.reason === 'unavailable';
}

function wireOver(socket: ConsoleSocket): Wire {
  const asking = socket.timeout(ANSWER_WITHIN);
  return {
    isConnected: () => socket.connected,
    watchRooms: () => asking.emitWithAck('rooms:watch'),
    unwatchRooms: () => void socket.emit('rooms:unwatch'),
    watch: (room, since) => asking.emitWithAck('room:watch', { room, since }),
    unwatch: (room) => void socket.emit('room:unwatch', { room }),
    catchUp: (room, since) => asking.emitWithAck('room:catch_up', { room, since }),
    aside: (room) => asking.emitWithAck('room:aside', { room }),
    act: (command) => asking.emitWithAck('room:act', command),
    on: (event, listener) => listen(socket, event, listener),
  };
}

function listen<E extends keyof WireEvents>(
  socket: ConsoleSocket,
  event: E,
  listener: WireEvents[E],
): () => void {
  const [name, heard] = under(socket, event, listener as () => void);
  // The three own events and the server's differ in type only; each listener fits its event.
  const loose = socket as unknown as { on: Listen; off: Listen };
  loose.on(name, heard);
  return () => loose.off(name, heard);
}

type Listen = (event: string, listener: (error: Error) => void) => void;

function under(socket: ConsoleSocket, event: keyof WireEvents, listener: () => void) {
  switch (event) {
    case 'connected':
      return ['connect', listener] as const;
    case 'disconnected':
      return ['disconnect', listener] as const;
    case 'refused':
      // An inactive socket was turned away by the server's own word, not by the network.
      return ['connect_error', (error: Error) => mayTryAgain(socket, error) || listener()] as const;
    default:
      return [event, listener] as const;
  }
}
