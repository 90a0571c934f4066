import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { RoomEventType } from '#app/domain/rooms/events.ts';
import type { Participant, Room } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { readCards } from '#server/rooms/read-frames.ts';
import { openPeers, type Peers } from './cluster.ts';
import { serveConsoles } from './console.ts';
import { openConsoleRights } from './console-rights.ts';
import {
  type ConsoleNamespace,
  operatorsRoom,
  readWatchers,
  watchedHere,
  watchersRoom,
} from './console-session.ts';
import type { SocketDeps } from './deps.ts';
import { openFanout } from './fanout.ts';
import { openLevels } from './levels.ts';
import { serveMembers } from './member.ts';
import { type MemberNamespace, openSeats } from './member-seats.ts';
import { type MemberSessions, openSessions } from './member-sessions.ts';
import { openNetworkGate } from './network-limits.ts';
import { bringBack, dropLost, returnDropped } from './reconcile-presence.ts';
import { openRedis } from './redis.ts';
import { openRoomsList } from './rooms-list.ts';
import { openSessionWatch } from './session-watch.ts';
import { openSnapshots } from './snapshots.ts';

/** Largest packet from any client: a report or a note of 2,000 characters fits many times. */
const MAX_PACKET = 65_536;
const BEAT_MS = 3_000;
const WATCHERS_MS = 100;
const RETURNS_MS = 10_000;
/** What clients have to come back after a start before they count as lost. */
const RETURN_MS = 30_000;
/** Packets of any kind that a connection may send in ten seconds. */
const MOST_PACKETS = 1_000;

export interface Sockets {
  io: Server;
  /** Members' own sockets, for the built-in media plane. */
  sessions: MemberSessions;
  /** The other processes. */
  peers: Peers;
  /** Closes every console of a session at once, in every process. @param hash its `token_hash` */
  endSession(hash: string): void;
  /** Lets them come again as those of the session that took over from theirs. @param from its `token_hash` */
  moveSession(from: string, to: string): void;
  /** An operator's roles changed, or they were disabled: ends what they may watch no longer. */
  operatorChanged(operatorId: string): void;
  /**
   * One pass for the job loop: members the database has present by socket who have none anywhere are
   * dropped, but not before 30 s after a start. @returns how many
   */
  reconcilePresence(): Promise<number>;
  /** Connections now, for metrics. */
  counts(): { members: number; consoles: number; watchedRooms: number };
  /** Closes all connections; members whose socket closes this way are not written down as lost. */
  close(): Promise<void>;
}

/** Opens both Socket.IO namespaces on an HTTP server. */
export async function openSockets(http: HttpServer, deps: SocketDeps): Promise<Sockets> {
  const { app, log } = deps;
  const redis = deps.redisUrl === undefined ? null : await openRedis(deps.redisUrl, log);
  const gate = openNetworkGate(deps.trustProxy ?? 0, deps.networkLimits);
  const io = new Server(http, {
    allowRequest: gate.allow,
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: 10_000,
    ...(redis && { adapter: redis.adapter as never }),
  });
  limitPackets(io);
  const consoles = io.of('/console') as unknown as ConsoleNamespace;
  const members = io.of('/member') as unknown as MemberNamespace;
  gate.watch(io, members as never, consoles as never);
  const peers = openPeers(io, redis === null);
  const seats = openSeats();
  const back = openSessions(app.db, members, seats, peers);
  const failed = (what: string) => (error: unknown) => log.error({ error }, what);

  const levels = openLevels((room, newest) => {
    consoles.to(watchersRoom(room)).volatile.emit('room:levels', room, newest);
  });
  const fanout = openFanout({
    send(room, frame) {
      consoles.to(watchersRoom(room)).emit('room:frame', room, frame);
      deps.metrics?.frameSent?.(frame.e.length);
      deps.metrics?.frameDelay?.(Date.now() - frame.t);
    },
    // Other processes may have watchers of whom this one knows nothing.
    watched: (room) => !peers.alone || consoles.adapter.rooms.has(watchersRoom(room)),
    cardsOf: (room, named) => readCards(app.db, room, named),
    gatherMs: 40,
    holdMs: peers.alone ? 50 : 10,
  });
  const watchersChanged = debounceByRoom(
    WATCHERS_MS,
    async (room) => {
      const watchers = (await readWatchers(consoles)).get(room) ?? [];
      consoles.to(watchersRoom(room)).emit('room:watchers', room, watchers);
    },
    failed('watchers not told'),
  );
  const rights = openConsoleRights({
    db: app.db,
    nsp: consoles,
    peers,
    unwatched: watchersChanged,
    failed: failed('rights not rechecked'),
  });
  const signedIn = openSessionWatch({
    db: app.db,
    nsp: consoles,
    peers,
    requireFactor: deps.requireFactor ?? false,
    failed: failed('sessions not looked at'),
  });
  const list = openRoomsList(app.db, consoles, failed('rooms not read'));
  const snapshots = openSnapshots(app.db);
  const reported = (room: string) => {
    consoles.to(operatorsRoom(room)).emit('room:aside_changed', room);
  };
  const openedAt = Date.now();
  let stopping = false;

  serveConsoles(consoles, { ...deps, snapshots, list, watchersChanged, reported });
  serveMembers(members, {
    ...deps,
    seats,
    sessions: back,
    levels,
    reported,
    stopping: () => stopping,
  });

  function tellMembers(room: Room, people: readonly Participant[], ended: boolean): void {
    seats.apply(room, people);
    if (ended) members.local.to(room.id).emit('room_ended');
    returnDropped(app, seats, room, people);
  }
  peers.answer('member:standing', tellMembers);

  app.onCommitted((change) => {
    rights.followChange(change);
    fanout.take(change);
    const people = [...change.people.values()];
    const ended = change.events.some(({ body }) => body.type === 'room.ended');
    tellMembers(change.room, people, ended);
    if (!peers.alone) peers.tell('member:standing', change.room, people, ended);
    if (changesAside(change)) {
      consoles.to(watchersRoom(change.room.id)).emit('room:aside_changed', change.room.id);
    }
  });

  const beat = setInterval(() => {
    sendBeats(app.db, consoles).catch(failed('beat not sent'));
  }, BEAT_MS);
  const returns = setInterval(() => {
    bringBack(app, seats).catch(failed('returns not written down'));
  }, RETURNS_MS);

  return {
    io,
    sessions: back.sessions,
    peers,
    endSession: signedIn.end,
    moveSession: signedIn.move,
    operatorChanged: rights.operatorChanged,
    async reconcilePresence() {
      if (Date.now() - openedAt < RETURN_MS) return 0;
      return dropLost(app, back);
    },
    counts: () => ({
      members: members.sockets.size,
      consoles: consoles.sockets.size,
      watchedRooms: watchedHere(consoles).length,
    }),
    async close() {
      stopping = true;
      clearInterval(beat);
      clearInterval(returns);
      for (const part of [rights, signedIn, list, snapshots, levels, fanout]) part.close();
      await closeSockets(io);
      await redis?.close();
    },
  };
}

/** What reaches no handler is limited too: handshakes, acknowledgements, unknown namespaces. */
function limitPackets(io: Server): void {
  interface Counted {
    packets: number;
    since: number;
    close(): void;
  }
  const count = function (this: Counted): void {
    const now = Date.now();
    if (now - this.since > 10_000) {
      this.since = now;
      this.packets = 0;
    }
    if (++this.packets > MOST_PACKETS) this.close();
  };
  io.engine.on('connection', (connection: Counted & NodeJS.EventEmitter) => {
    connection.packets = 0;
    connection.since = Date.now();
    connection.on('packet', count);
  });
  io.of('/').use((_socket, next) => next(new Error('Use /console or /member.')));
}

const ASIDE: ReadonlySet<RoomEventType> = new Set<RoomEventType>([
  'participant.removed',
  'participant.readmitted',
  'hand_over.noted',
  'hand_over.acknowledged',
]);

function changesAside({ events }: RoomChange): boolean {
  return events.some(({ commandId, body }) => commandId !== null || ASIDE.has(body.type));
}

async function sendBeats(db: Db, nsp: ConsoleNamespace): Promise<void> {
  const watched = watchedHere(nsp);
  if (watched.length === 0) return;
  const rows = await db.sql<{ id: string; seq: number }[]>`
    select id, seq from room where id = any(${watched})`;
  const now = Date.now();
  for (const { id, seq } of rows) nsp.local.to(watchersRoom(id)).emit('room:beat', id, seq, now);
}

function debounceByRoom(
  ms: number,
  run: (room: string) => Promise<void>,
  failed: (error: unknown) => void,
): (room: string) => void {
  const due = new Set<string>();
  return (room) => {
    if (due.has(room)) return;
    due.add(room);
    setTimeout(() => {
      due.delete(room);
      run(room).catch(failed);
    }, ms).unref();
  };
}

// Not io.close(): the HTTP server belongs to whoever made it.
async function closeSockets(io: Server): Promise<void> {
  for (const nsp of io._nsps.values()) {
    nsp.local.disconnectSockets(true);
    await nsp.adapter.close();
  }
  io.engine.close();
}
