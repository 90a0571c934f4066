import { isDeepStrictEqual } from 'node:util';
import { type CurrentPolicy, clauseIn } from '#app/domain/policies/citation.ts';
import type { Actor } from './actor.ts';
import type { RoomChange } from './draft.ts';
import type { ActorRow } from './read-named.ts';
import type { Head, Seat } from './rows.ts';
import { canShare } from './sharing.ts';
import type { Ask, Situations } from './situation.ts';

/**
 * What this process last saw of rooms, people and actors. A command that comes alone is worked out
 * on it while the database still reads, and its writes travel behind the reading; nothing is
 * committed unless what was read is what was foreseen. All of it is forgotten at short intervals:
 * no purge and no erasure reaches it.
 */
export interface Foresight {
  /** @returns what the reading will most likely find; null when that can't be known */
  foresee(ask: Ask): Situations | null;
  /** Keeps what a transaction has read under the lock. */
  learn(ask: Ask, read: Situations): void;
  /** Keeps what has been committed. */
  follow(change: RoomChange): void;
  /** Doubts a room for a while: others change it too. */
  doubt(room: string): void;
  counts(): ForesightCounts;
}

export interface ForesightCounts {
  /** Commands worked out ahead, missed ones among them. */
  foreseen: number;
  missed: number;
  /** Remembered now. */
  people: number;
  rooms: number;
  actors: number;
}

export interface ForesightOptions {
  /** Most people and rooms remembered; about half a kilobyte each. Default 50,000. */
  people?: number;
  /** Milliseconds after which everything is forgotten; default 10 min, as an ended room is kept. */
  keepMs?: number;
  /** Milliseconds that a room is doubted; default 1,000. */
  doubtMs?: number;
}

interface KnownRoom {
  head: Head;
  seats: Map<string, Seat>;
}

const MOST_ACTORS = 2_000;
const TEN_MINUTES = 10 * 60_000;

/** Opens an empty memory; it fills with what is learned and followed. */
export function openForesight({
  people = 50_000,
  keepMs = TEN_MINUTES,
  doubtMs = 1_000,
}: ForesightOptions = {}): Foresight {
  // The longest untouched first.
  const rooms = new Map<string, KnownRoom>();
  const actors = new Map<string, ActorRow>();
  const doubts = new Map<string, number>();
  let policy: CurrentPolicy | null = null;
  let remembered = 0;
  let foreseen = 0;
  let missed = 0;
  let forgets = false;

  function forgetAll(): void {
    rooms.clear();
    actors.clear();
    doubts.clear();
    policy = null;
    remembered = 0;
    forgets = false;
  }

  function forgetInTime(): void {
    if (forgets) return;
    forgets = true;
    setTimeout(forgetAll, keepMs).unref();
  }

  function forget(id: string): void {
    remembered -= rooms.get(id)?.seats.size ?? 0;
    rooms.delete(id);
  }

  function keep(head: Head, seats: Iterable<Seat>): void {
    const { id, seq, status } = head.room;
    const known = rooms.get(id);
    if (known && known.head.room.seq > seq) return;
    if (status === 'ended') {
      forget(id);
      return;
    }
    const kept = known?.seats ?? new Map<string, Seat>();
    const before = kept.size;
    for (const seat of seats) kept.set(seat.person.memberId, seat);
    remembered += kept.size - before;
    rooms.delete(id);
    rooms.set(id, { head, seats: kept });
    forgetInTime();
    for (const oldest of rooms.keys()) {
      if (remembered + rooms.size <= people) break;
      forget(oldest);
    }
  }

  function isDoubted(room: string): boolean {
    const until = doubts.get(room);
    if (until === undefined) return false;
    if (until > Date.now()) return true;
    doubts.delete(room);
    return false;
  }

  return {
    foresee({ actor, command }) {
      if (!canShare(command) || isDoubted(command.room)) return null;
      const room = rooms.get(command.room);
      const by = actors.get(keyOf(actor));
      if (!room || !by) return null;
      const names = clauseIn(command) !== undefined;
      if (names && policy === null) return null;
      const ids = 'member' in command ? [command.member] : [];
      if (actor.kind === 'member') ids.push(actor.id);
      const people = new Map<string, Seat>();
      for (const id of ids) {
        const seat = room.seats.get(id);
        if (!seat) return null;
        people.set(id, seat);
      }
      foreseen++;
      return {
        rooms: new Map([[command.room, room.head]]),
        people: new Map(people.size > 0 ? [[command.room, people]] : []),
        loaded: [{ ...by, repeated: null, recent: 0, original: null, handOver: null }],
        policy: names ? policy : null,
      };
    },
    learn({ actor, command }, read) {
      const [by] = read.loaded;
      if (by) {
        const { ref, name, roles } = by;
        actors.delete(keyOf(actor));
        actors.set(keyOf(actor), { ref, name, roles, repeated: null, recent: 0 });
        const [oldest] = actors.keys();
        if (actors.size > MOST_ACTORS && oldest !== undefined) actors.delete(oldest);
        forgetInTime();
      }
      policy = read.policy ?? policy;
      const head = read.rooms.get(command.room);
      if (head) keep(head, read.people.get(command.room)?.values() ?? []);
    },
    follow({ head, people, extras }) {
      const seats = [...people.values()].flatMap((person) => {
        const more = extras.get(person.memberId);
        return more ? [{ person, extras: more }] : [];
      });
      keep(head, seats);
    },
    doubt(room) {
      missed++;
      forget(room);
      for (const [id, until] of doubts) if (until <= Date.now()) doubts.delete(id);
      doubts.set(room, Date.now() + doubtMs);
    },
    counts: () => ({
      foreseen,
      missed,
      people: remembered,
      rooms: rooms.size,
      actors: actors.size,
    }),
  };
}

/** Whether what was read is what was foreseen, and leaves the actor below the limit. */
export function isAsForeseen(foreseen: Situations, read: Situations, limit: number): boolean {
  const recent = read.loaded[0]?.recent ?? limit;
  const unlimited = read.loaded.map((loaded) => ({ ...loaded, recent: 0 }));
  return recent < limit && isDeepStrictEqual({ ...read, loaded: unlimited }, foreseen);
}

function keyOf(actor: Actor): string {
  return actor.kind === 'operator' || actor.kind === 'member'
    ? `${actor.kind} ${actor.id}`
    : actor.kind;
}
