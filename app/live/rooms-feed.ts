import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { Instant } from '#app/domain/rooms/state.ts';
import { type Connection, sameConnection } from './freshness.ts';
import { backoff, type Timing } from './timing.ts';
import type { Wire } from './wire.ts';

/** The whole list is asked for this often: changes carry no cursor, so this is what heals a loss. */
export const CHECK_EVERY = 15_000;
/** Without an answer for this long the list no longer counts as true. */
export const LIST_STALE_AFTER = 25_000;
/** Rooms that ended stay in sight this long, so that none just disappears. */
export const SHOW_ENDED_FOR = 600_000;

export interface RoomsState {
  rows: readonly RoomRow[];
  connection: Connection;
  /** Why the list is not shown; null while it may be. */
  refusal: Refusal | null;
}

export interface RoomsStore {
  /** The same object until something changed. */
  read(): RoomsState;
  subscribe(listener: () => void): () => void;
  /** Begins to follow. @returns a function that stops. */
  start(wire: Wire): () => void;
}

/**
 * The list of rooms in the browser: begins with what the page came with, follows the changes, tells
 * its listeners at most once per drawn picture, and says honestly how true it is.
 * @param first the page's own rows; an unchanged row keeps its identity from then on
 */
export function createRoomsStore(first: readonly RoomRow[], timing: Timing): RoomsStore {
  let rows = new Map(first.map((row) => [row.id, row]));
  const endedAt = new Map<string, Instant>();
  let completeAt: Instant | null = null;
  let refusal: Refusal | null = null;
  let isConnected = () => false;
  let state: RoomsState = { rows: first, connection: { state: 'connecting' }, refusal: null };
  let isDrawn = true;
  const listeners = new Set<() => void>();

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const change = () => {
    if (!isDrawn) return;
    isDrawn = false;
    timing.frame(() => {
      isDrawn = true;
      state = { rows: [...rows.values()], connection: state.connection, refusal };
      tell();
    });
  };
  const say = () => {
    const connection = connectionAt(isConnected(), completeAt, timing.now());
    if (sameConnection(state.connection, connection)) return;
    state = { ...state, connection };
    tell();
  };

  const put = (into: Map<string, RoomRow>, row: RoomRow) => {
    const known = rows.get(row.id);
    // A change that was overtaken by a newer answer.
    if (known && row.seq < known.seq) return void into.set(row.id, known);
    into.set(row.id, known && isSame(known, row) ? known : row);
    if (row.status === 'live') endedAt.delete(row.id);
    else if (!endedAt.has(row.id)) endedAt.set(row.id, timing.now());
  };
  const takeAll = (all: readonly RoomRow[]) => {
    const next = new Map<string, RoomRow>();
    for (const row of all) put(next, row);
    for (const [id, row] of rows) if (!next.has(id)) put(next, { ...row, status: 'ended' });
    rows = next;
    forgetEnded();
    change();
  };
  const forgetEnded = () => {
    for (const [id, at] of endedAt) {
      if (timing.now() - at < SHOW_ENDED_FOR) continue;
      endedAt.delete(id);
      rows.delete(id);
    }
  };

  function start(wire: Wire): () => void {
    isConnected = wire.isConnected;
    const cancels = new Map<string, () => void>();
    let line = 0;
    let attempts = 0;
    let isStopped = false;

    const later = (name: string, ms: number, run: () => void) => {
      cancels.get(name)?.();
      cancels.set(name, timing.after(ms, run));
    };
    const refuse = (reason: Refusal) => {
      refusal = reason;
      rows = new Map();
      change();
      stop();
    };
    const ask = async () => {
      if (isStopped || !wire.isConnected()) return;
      const mine = ++line;
      const answer = await wire.watchRooms().catch(() => null);
      if (isStopped || mine !== line) return;
      if (answer?.ok) {
        takeAll(answer.rooms);
        completeAt = timing.now();
        attempts = 0;
        later('ask', CHECK_EVERY, ask);
        later('stale', LIST_STALE_AFTER + 1, say);
      } else if (answer && !TRANSIENT.has(answer.reason)) refuse(answer.reason);
      else later('ask', backoff(attempts++, timing), ask);
      say();
    };
    const offs = [
      wire.on('connected', () => void ask()),
      wire.on('disconnected', () => {
        line++;
        say();
      }),
      wire.on('rooms:changed', (changed) => {
        for (const row of changed) put(rows, row);
        change();
      }),
      wire.on('refused', () => refuse('forbidden')),
      wire.on('session:ended', () => refuse('forbidden')),
    ];
    const stop = () => {
      isStopped = true;
      for (const off of offs) off();
      for (const cancel of cancels.values()) cancel();
    };
    void ask();
    return () => {
      if (!isStopped && wire.isConnected()) wire.unwatchRooms();
      stop();
    };
  }

  return {
    read: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start,
  };
}

const TRANSIENT: ReadonlySet<Refusal> = new Set<Refusal>(['busy', 'unavailable', 'rate_limited']);

function connectionAt(connected: boolean, completeAt: Instant | null, now: Instant): Connection {
  if (completeAt === null) return { state: 'connecting' };
  if (!connected) return { state: 'reconnecting', since: completeAt };
  if (now - completeAt > LIST_STALE_AFTER) return { state: 'stale', since: completeAt };
  return { state: 'live' };
}

function isSame(a: RoomRow, b: RoomRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
