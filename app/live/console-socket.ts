import { io, type Socket } from 'socket.io-client';
import type { ConsoleToServer, ServerToConsole } from '#app/domain/rooms/protocol.ts';
import type { Wire, WireEvents } from './wire.ts';

const ANSWER_WITHIN = 5_000;

type ConsoleSocket = Socket<ServerToConsole, ConsoleToServer>;

let socket: ConsoleSocket | null = null;
let users = 0;
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes part in the page's one connection to the console's namespace; the last to let go closes it,
 * a moment later, so that going from screen to screen doesn't reconnect.
 */
export function shareConsoleSocket(): { wire: Wire; release: () => void } {
  clearTimeout(closing);
  users++;
  socket ??= open();
  const release = () => {
    if (--users > 0) return;
    closing = setTimeout(close, 1_000);
  };
  return { wire: wireOver(socket), release };
}

function open(): ConsoleSocket {
  return io('/console', {
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
}

function close(): void {
  socket?.close();
  socket = null;
}

function wireOver(line: ConsoleSocket): Wire {
  const asking = line.timeout(ANSWER_WITHIN);
  return {
    isConnected: () => line.connected,
    watchRooms: () => asking.emitWithAck('rooms:watch'),
    unwatchRooms: () => void line.emit('rooms:unwatch'),
    watch: (room, since) => asking.emitWithAck('room:watch', { room, since }),
    unwatch: (room) => void line.emit('room:unwatch', { room }),
    catchUp: (room, since) => asking.emitWithAck('room:catch_up', { room, since }),
    aside: (room) => asking.emitWithAck('room:aside', { room }),
    act: (command) => asking.emitWithAck('room:act', command),
    on: (event, listener) => listen(line, event, listener),
  };
}

function listen<E extends keyof WireEvents>(
  line: ConsoleSocket,
  event: E,
  listener: WireEvents[E],
): () => void {
  const [name, heard] = under(line, event, listener as () => void);
  // The three own events and the server's differ in type only; each listener fits its event.
  const loose = line as unknown as { on: Listen; off: Listen };
  loose.on(name, heard);
  return () => loose.off(name, heard);
}

type Listen = (event: string, listener: () => void) => void;

function under(line: ConsoleSocket, event: keyof WireEvents, listener: () => void) {
  switch (event) {
    case 'connected':
      return ['connect', listener] as const;
    case 'disconnected':
      return ['disconnect', listener] as const;
    case 'refused':
      // An inactive socket was turned away by the server's own word, not by the network.
      return ['connect_error', () => void (line.active || listener())] as const;
    default:
      return [event, listener] as const;
  }
}
