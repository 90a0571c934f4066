import type { ActAnswer, ConsoleToServer, RoomRow, Watcher } from '#app/domain/rooms/protocol.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { CatchUp, RoomAside } from '#app/domain/rooms/snapshot.ts';
import { listScope, mayWatch } from '#server/rooms/rights.ts';
import { openAsides } from './asides.ts';
import { leaveRoom } from './console-rights.ts';
import {
  type ConsoleNamespace,
  type ConsoleSession,
  type ConsoleSocket,
  operatorsRoom,
  readWatchers,
  watchersRoom,
} from './console-session.ts';
import type { SocketDeps } from './deps.ts';
import { type Handler, makeDispatcher } from './dispatch.ts';
import { forgetHandshake, isOwnOrigin } from './handshake.ts';
import { anyInput, catchUpInput, roomInput, watchInput } from './payloads.ts';
import type { Rate } from './rate.ts';
import type { RoomsList } from './rooms-list.ts';
import type { Snapshots } from './snapshots.ts';

const RATE: Rate = { burst: 100, perSecond: 30, patience: 100 };
const MOST_ROOMS = 50;

export interface ConsoleDeps extends SocketDeps {
  snapshots: Snapshots;
  list: RoomsList;
  /** Told when who watches a room has changed. */
  watchersChanged(room: string): void;
  /** Told of each new report. */
  reported(room: string): void;
}

/** Serves consoles: the list of rooms, the watch of a room, and acts in it. */
export function serveConsoles(nsp: ConsoleNamespace, deps: ConsoleDeps): void {
  nsp.use((socket, next) => {
    admitConsole(socket, deps).then(
      (refused) => next(refused ? toError(refused) : undefined),
      (error: unknown) => {
        deps.log.error({ error }, 'console handshake failed');
        next(toError(refuse('unavailable', { retryAfter: 1_000 })));
      },
    );
  });
  const receive = makeDispatcher<ConsoleSession>({
    handlers: consoleHandlers(deps, nsp),
    rate: RATE,
    refused: (reason) => deps.metrics?.packetRefused?.('console', reason),
    failed: (event, error) => deps.log.error({ event, error }, 'console event failed'),
  });
  const closed = function (this: ConsoleSocket): void {
    for (const room of this.data.rooms) deps.watchersChanged(room);
  };
  nsp.on('connection', (socket) => {
    forgetHandshake(socket);
    socket.onAny(receive);
    socket.on('disconnect', closed);
  });
}

async function admitConsole(socket: ConsoleSocket, deps: ConsoleDeps): Promise<Refused | null> {
  const { headers } = socket.handshake;
  if (!isOwnOrigin(headers, deps.allowedOrigins ?? [])) return refuse('forbidden');
  const identity = await deps.authenticateConsole(headers.cookie);
  if (!identity) return refuse('forbidden');
  socket.data = {
    ...identity,
    rooms: [],
    listing: false,
    tokens: RATE.burst,
    filledAt: Date.now(),
    strikes: 0,
  };
  return null;
}

interface WatchInput {
  room: string;
  since: number | null;
}

/** What a console may send, by name; each handler reads the right it needs by itself. */
export function consoleHandlers(
  deps: Pick<ConsoleDeps, 'app' | 'snapshots' | 'list' | 'watchersChanged' | 'reported'>,
  nsp: ConsoleNamespace,
): Record<keyof ConsoleToServer, Handler<ConsoleSession>> {
  const { app, snapshots } = deps;
  const readAside = openAsides(app.db);

  async function watchRooms(
    socket: ConsoleSocket,
  ): Promise<{ ok: true; rooms: RoomRow[] } | Refused> {
    const { actor } = socket.data;
    const refusal = await mayWatch(app.db, actor, listScope(actor));
    if (refusal) return refuse(refusal);
    socket.data.listing = true;
    return { ok: true, rooms: await deps.list.rowsFor(socket) };
  }

  async function watch(
    socket: ConsoleSocket,
    { room, since }: WatchInput,
  ): Promise<({ ok: true; watchers: Watcher[] } & CatchUp) | Refused> {
    const { data } = socket;
    if (data.rooms.length >= MOST_ROOMS && !data.rooms.includes(room)) return refuse('busy');
    const refusal = await mayWatch(app.db, data.actor, room);
    if (refusal) return refuse(refusal);
    // A room joined after the disconnection would never be left again.
    if (!socket.connected) return refuse('unavailable');
    // Before the read: what is committed after it then comes as a frame.
    if (!data.rooms.includes(room)) data.rooms = [...data.rooms, room];
    void socket.join(watchersRoom(room));
    if (data.actor.kind === 'operator') void socket.join(operatorsRoom(room));
    const caughtUp = await snapshots.catchUp(room, since).catch((error: unknown) => {
      leaveRoom(socket, room);
      throw error;
    });
    if (!caughtUp) {
      leaveRoom(socket, room);
      return refuse('room_not_found');
    }
    deps.watchersChanged(room);
    const watchers = (await readWatchers(nsp)).get(room) ?? [];
    return { ok: true, watchers, ...caughtUp };
  }

  async function catchUp(
    { data }: ConsoleSocket,
    { room, since }: WatchInput,
  ): Promise<({ ok: true } & CatchUp) | Refused> {
    if (!data.rooms.includes(room)) return refuse('forbidden');
    const caughtUp = await snapshots.catchUp(room, since);
    return caughtUp ? { ok: true, ...caughtUp } : refuse('room_not_found');
  }

  async function aside(
    { data }: ConsoleSocket,
    { room }: { room: string },
  ): Promise<{ ok: true; aside: RoomAside } | Refused> {
    if (!data.rooms.includes(room)) return refuse('forbidden');
    const aside = await readAside(data, room);
    // The right may have ended while the read waited for company.
    return data.rooms.includes(room) ? { ok: true, aside } : refuse('forbidden');
  }

  async function act({ data }: ConsoleSocket, command: unknown): Promise<ActAnswer> {
    const answer = await app.act(data.actor, command);
    if (answer.ok && !answer.repeated) {
      const { name, room } = command as { name: string; room: string };
      if (name === 'report') deps.reported(room);
    }
    return answer;
  }

  return {
    'rooms:watch': { cost: 5, run: watchRooms },
    'rooms:unwatch': {
      run(socket: ConsoleSocket): undefined {
        socket.data.listing = false;
      },
    },
    'room:watch': { input: watchInput, cost: 5, run: watch },
    'room:unwatch': {
      input: roomInput,
      run(socket: ConsoleSocket, { room }: { room: string }): undefined {
        if (!socket.data.rooms.includes(room)) return;
        leaveRoom(socket, room);
        deps.watchersChanged(room);
      },
    },
    'room:catch_up': { input: catchUpInput, cost: 5, run: catchUp },
    'room:aside': { input: roomInput, cost: 3, run: aside },
    'room:act': { input: anyInput, cost: 2, run: act },
  };
}

function toError(refused: Refused): Error {
  return Object.assign(new Error(refused.reason), { data: refused });
}
