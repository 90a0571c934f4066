import { gunzipSync } from 'node:zlib';
import { io, type Socket } from 'socket.io-client';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { decodeFrame, type Frame } from '#app/domain/rooms/frame.ts';
import type { ConsoleToServer, ServerToConsole } from '#app/domain/rooms/protocol.ts';
import { unpackPeople } from '#app/domain/rooms/roster.ts';
import type { RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import type { BenchRostrum } from './rostrum.ts';

/** A console that watches one room and keeps who is present. */
export interface Watch {
  socket: Socket<ServerToConsole, ConsoleToServer>;
  /** The room as it was at the start of the watch. */
  snapshot: RoomSnapshot;
  /** Called with every event that comes in, in order. */
  onEvent(listener: (event: RoomEvent) => void): void;
  /** Waits, a minute at most, until these people are present and nobody else. */
  untilExactly(members: readonly string[]): Promise<void>;
  close(): void;
}

/** Connects a console and watches a room; throws when a frame is missing or refused. */
export async function openWatch(
  { url, cookie }: Pick<BenchRostrum, 'url' | 'cookie'>,
  room: string,
): Promise<Watch> {
  const socket: Socket<ServerToConsole, ConsoleToServer> = io(`${url}/console`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie },
  });
  const early: Frame[] = [];
  let take = (frame: Frame) => void early.push(frame);
  socket.on('room:frame', (_room, frame) => take(frame));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const answer = await socket.emitWithAck('room:watch', { room, since: null });
  if (!answer.ok || answer.kind !== 'snapshot') throw new Error('The watch gave no snapshot');
  const snapshot: RoomSnapshot = JSON.parse(gunzipSync(new Uint8Array(answer.gzip)).toString());
  const ids = new Map<number, string>();
  const present = new Set<string>();
  for (const { person } of unpackPeople(snapshot.people)) {
    ids.set(person.ord, person.memberId);
    if (person.presence === 'present') present.add(person.memberId);
  }
  const listeners: ((event: RoomEvent) => void)[] = [];
  let seq = snapshot.room.seq;

  take = (frame) => {
    for (const [ord, id] of frame.p ?? []) ids.set(ord, id);
    for (const event of decodeFrame(frame, (ord) => ids.get(ord) ?? '')) {
      if (event.seq <= seq) continue;
      if (event.seq !== seq + 1)
        throw new Error(`Events ${seq + 1} to ${event.seq - 1} are missing`);
      seq = event.seq;
      const { body } = event;
      if (body.type === 'participant.joined') present.add(body.member);
      if (body.type === 'participant.left' || body.type === 'participant.dropped') {
        present.delete(body.member);
      }
      for (const listener of listeners) listener(event);
    }
  };
  for (const frame of early) take(frame);

  return {
    socket,
    snapshot,
    onEvent: (listener) => void listeners.push(listener),
    async untilExactly(members) {
      const wanted = new Set(members);
      for (let tries = 0; tries < 600; tries++) {
        if (present.size === wanted.size && members.every((one) => present.has(one))) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`The console shows ${present.size} people, not ${wanted.size}`);
    },
    close: () => void socket.disconnect(),
  };
}
