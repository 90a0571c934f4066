import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Namespace, Server } from 'socket.io';
import { networkOf, openCallerHash, openRateLimit } from '#server/http/rate-limit.ts';
import { addressOf } from './handshake.ts';

/** What one network may do; thousands of members behind one address are nothing unusual. */
export interface NetworkLimits {
  /** Connections opened a minute, and at once. */
  opened: number;
  /** Connections that have joined no room and belong to no signed-in console. */
  waiting: number;
}

const LIMITS: NetworkLimits = { opened: 30_000, waiting: 10_000 };

interface Network {
  open: number;
  waiting: number;
}

interface Connection extends EventEmitter {
  request: IncomingMessage;
  /** Undefined once it is closed. */
  network?: Network | undefined;
  waiting?: boolean;
}

export interface NetworkGate {
  /** For `allowRequest`: whether a new connection is let in. */
  allow(request: IncomingMessage, answer: (error: string | null, allowed: boolean) => void): void;
  /** Counts the connections of a server: whoever joins or is signed in counts no more. */
  watch(io: Server, members: Namespace, consoles: Namespace): void;
}

/**
 * Limits what a single network may open, by a hash under a key of this process: a flood of idle
 * connections must not take the memory of the rooms. Members in a room are not counted.
 * @param hops proxies in front of this server, as for `addressOf`
 */
export function openNetworkGate(hops: number, limits: NetworkLimits = LIMITS): NetworkGate {
  const hash = openCallerHash();
  const opened = openRateLimit(limits.opened);
  const networks = new Map<string, Network>();
  const keys = new WeakMap<IncomingMessage, string>();

  function count(connection: Connection): void {
    const key = keys.get(connection.request) ?? '';
    const network = networks.get(key) ?? { open: 0, waiting: 0 };
    networks.set(key, network);
    network.open++;
    connection.network = network;
    wait(connection, true);
    connection.once('close', () => {
      wait(connection, false);
      connection.network = undefined;
      if (--network.open === 0) networks.delete(key);
    });
  }

  return {
    allow(request, answer) {
      const ip = addressOf(request.headers, request.socket.remoteAddress, hops);
      const key = hash(networkOf({ ip }));
      keys.set(request, key);
      const full = (networks.get(key)?.waiting ?? 0) >= limits.waiting;
      if (full || !opened.take(key)) answer('Too many connections. Try again shortly.', false);
      else answer(null, true);
    },
    watch(io, members, consoles) {
      io.engine.on('connection', count);
      const connectionOf = (id: string) =>
        members.sockets.get(id as never)?.conn as unknown as Connection | undefined;
      // Every socket is also in a room of its own name.
      members.adapter.on('join-room', (room: string, id: string) => {
        if (room !== id) wait(connectionOf(id), false);
      });
      members.adapter.on('leave-room', (room: string, id: string) => {
        if (room !== id) wait(connectionOf(id), true);
      });
      consoles.on('connection', ({ conn }) => wait(conn as unknown as Connection, false));
    },
  };
}

function wait(connection: Connection | undefined, waiting: boolean): void {
  if (!connection?.network || (connection.waiting ?? false) === waiting) return;
  connection.waiting = waiting;
  connection.network.waiting += waiting ? 1 : -1;
}
