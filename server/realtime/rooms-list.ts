import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import type { Db } from '#db/client.ts';
import { byUrgency, readRooms, withoutReports } from '#server/rooms/read-rooms.ts';
import { listScope } from '#server/rooms/rights.ts';
import {
  type ConsoleNamespace,
  type ConsoleSocket,
  operatorsRoom,
  readWatchers,
} from './console-session.ts';

const EVERY_MS = 1_000;

interface Known {
  row: RoomRow;
  text: string;
}

export interface RoomsList {
  /** The list as this console may see it. Changes follow to every socket that is `listing`. */
  rowsFor(socket: ConsoleSocket): Promise<RoomRow[]>;
  close(): void;
}

/**
 * Keeps the list of rooms of all consoles of this process: one read a second while anybody looks,
 * and only what changed is sent.
 */
export function openRoomsList(
  db: Db,
  nsp: ConsoleNamespace,
  failed: (error: unknown) => void,
): RoomsList {
  let known = new Map<string, Known>();
  let readAt = 0;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const [rooms, watchers] = await Promise.all([readRooms(db), readWatchers(nsp)]);
    const next = new Map<string, Known>();
    for (const room of rooms) {
      const names = watchers.get(room.id)?.map(({ name }) => name) ?? [];
      const row = { ...room, watchers: names };
      next.set(row.id, { row, text: JSON.stringify(row) });
    }
    const before = known;
    const changed = changesBetween(before, next);
    tellReports(before, next);
    known = next;
    readAt = Date.now();
    if (changed.length > 0) tellChanges(changed, before);
  }

  function tellChanges(changed: readonly RoomRow[], before: ReadonlyMap<string, Known>): void {
    for (const socket of nsp.sockets.values()) {
      if (!socket.data.listing) continue;
      const rows = visibleTo(socket, changed).filter((row) => isNews(socket, row, before));
      if (rows.length > 0) socket.emit('rooms:changed', rows);
    }
  }

  // A report is no room event: operators who watch learn of it here, whoever filed it and where.
  function tellReports(before: Map<string, Known>, after: Map<string, Known>): void {
    for (const [id, { row }] of after) {
      const old = before.get(id);
      if (old && old.row.reports !== row.reports) {
        nsp.local.to(operatorsRoom(id)).emit('room:aside_changed', id);
      }
    }
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  const timer = setInterval(() => {
    const looking = [...nsp.sockets.values()].some(
      ({ data }) => data.listing || data.rooms.length > 0,
    );
    if (looking) refresh().catch(failed);
  }, EVERY_MS);

  return {
    async rowsFor(socket) {
      if (Date.now() - readAt > EVERY_MS) await refresh();
      return visibleTo(
        socket,
        [...known.values()].map(({ row }) => row),
      );
    },
    close: () => clearInterval(timer),
  };
}

function visibleTo({ data }: ConsoleSocket, rows: readonly RoomRow[]): RoomRow[] {
  const only = listScope(data.actor);
  if (only === null) return [...rows];
  return rows.filter(({ id }) => id === only).map(withoutReports);
}

/** That a row comes at all must not tell a host of a report. */
function isNews({ data }: ConsoleSocket, row: RoomRow, before: ReadonlyMap<string, Known>) {
  const old = before.get(row.id)?.row;
  if (listScope(data.actor) === null || old === undefined) return true;
  return JSON.stringify(withoutReports(old)) !== JSON.stringify(row);
}

/** Rows that are new, different, or gone: these come once more as ended. */
function changesBetween(before: Map<string, Known>, after: Map<string, Known>): RoomRow[] {
  const changed: RoomRow[] = [];
  for (const [id, { row, text }] of after) {
    if (before.get(id)?.text !== text) changed.push(row);
  }
  for (const [id, { row }] of before) {
    if (!after.has(id)) changed.push({ ...row, status: 'ended' });
  }
  return changed.sort(byUrgency);
}
