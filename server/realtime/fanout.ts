import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import { encodeFrame, type Frame, introducedBy } from '#app/domain/rooms/frame.ts';
import type { PersonCard } from '#app/domain/rooms/state.ts';
import type { RoomChange } from '#server/rooms/draft.ts';

export interface FanoutOptions {
  /** Broadcasts one frame; encoded once, whoever watches. */
  send(room: string, frame: Frame): void;
  /** Whether anybody may be watching; without watchers nothing is encoded. */
  watched(room: string): boolean;
  /** Cards of members that the watchers may not know; when they can't be read, nothing is sent. */
  cardsOf(room: string, members: readonly string[]): Promise<PersonCard[]>;
  /** Milliseconds in which the changes of a busy room are gathered into one frame. */
  gatherMs: number;
  /** Milliseconds to wait for a commit whose answer was overtaken by a later one's. */
  holdMs: number;
}

/** A change, with the cards its watchers need to show it. */
interface Introduced extends RoomChange {
  cards: readonly PersonCard[];
}

interface Lane {
  /** Seq that comes next. */
  next: number;
  /** Commits that arrived before their predecessor, by first seq. */
  held: Map<number, Introduced>;
  /** In order, without gaps, not yet sent. */
  events: RoomEvent[];
  ords: Map<string, number>;
  cards: Map<string, PersonCard>;
  sentAt: number;
  gather: NodeJS.Timeout | null;
  hold: NodeJS.Timeout | null;
}

const IDLE_LANE_MS = 60_000;

export interface Fanout {
  /** Takes in a committed change. */
  take(change: RoomChange): void;
  close(): void;
}

/**
 * Sends each room's events to its watchers in the order of `seq`: at once when the room is quiet,
 * gathered for a moment when it is busy. A frame that is lost or late heals by the cursor.
 */
export function openFanout(options: FanoutOptions): Fanout {
  const lanes = new Map<string, Lane>();
  /** By room, the newest change whose cards are being read; those behind it wait. */
  const reading = new Map<string, Promise<void>>();
  const sweep = setInterval(() => dropIdle(lanes), IDLE_LANE_MS).unref();

  function laneOf(room: string, next: number): Lane {
    let lane = lanes.get(room);
    if (!lane) {
      lane = {
        next,
        held: new Map(),
        events: [],
        ords: new Map(),
        cards: new Map(),
        sentAt: 0,
        gather: null,
        hold: null,
      };
      lanes.set(room, lane);
    }
    return lane;
  }

  function take(change: RoomChange): void {
    const room = change.room.id;
    if (!options.watched(room)) {
      forget(lanes, room);
      return;
    }
    const named = namedFirstIn(change);
    const before = reading.get(room);
    if (named.length === 0 && before === undefined) {
      order(room, { ...change, cards: [] });
      return;
    }
    const read = named.length === 0 ? [] : options.cardsOf(room, named).catch(() => null);
    const turn = Promise.all([read, before]).then(([cards]) => {
      // A screen can't show somebody unknown; the gap has it ask for what it missed.
      if (cards !== null) order(room, { ...change, cards });
      if (reading.get(room) === turn) reading.delete(room);
    });
    reading.set(room, turn);
  }

  function order(room: string, change: Introduced): void {
    const from = (change.events[0] as RoomEvent).seq;
    const lane = laneOf(room, from);
    if (from > lane.next) {
      lane.held.set(from, change);
      lane.hold ??= setTimeout(() => release(room, lane), options.holdMs);
      return;
    }
    append(room, lane, change);
    for (let next = lane.held.get(lane.next); next; next = lane.held.get(lane.next)) {
      lane.held.delete(lane.next);
      append(room, lane, next);
    }
    if (lane.held.size === 0 && lane.hold) {
      clearTimeout(lane.hold);
      lane.hold = null;
    }
  }

  /** The predecessor was another process's, or is lost: go on after the gap. */
  function release(room: string, lane: Lane): void {
    lane.hold = null;
    for (const from of [...lane.held.keys()].sort((a, b) => a - b)) {
      const change = lane.held.get(from) as Introduced;
      lane.held.delete(from);
      append(room, lane, change);
    }
  }

  function append(room: string, lane: Lane, change: Introduced): void {
    const from = (change.events[0] as RoomEvent).seq;
    const last = lane.events.at(-1);
    if (last && from !== last.seq + 1) flush(room, lane);
    lane.next = Math.max(lane.next, change.room.seq + 1);
    for (const event of change.events) lane.events.push(event);
    for (const person of change.people.values()) lane.ords.set(person.memberId, person.ord);
    for (const card of change.cards) lane.cards.set(card.memberId, card);
    if (lane.gather) return;
    const wait = lane.sentAt + options.gatherMs - Date.now();
    if (wait <= 0) flush(room, lane);
    else lane.gather = setTimeout(() => flush(room, lane), wait);
  }

  function flush(room: string, lane: Lane): void {
    if (lane.gather) clearTimeout(lane.gather);
    lane.gather = null;
    if (lane.events.length === 0) return;
    const { events, ords, cards } = lane;
    lane.events = [];
    lane.ords = new Map();
    lane.cards = new Map();
    lane.sentAt = Date.now();
    const ordOf = (member: string) => ords.get(member) as number;
    options.send(room, encodeFrame(events, ordOf, [...cards.values()]));
  }

  return {
    take,
    close() {
      clearInterval(sweep);
      for (const room of lanes.keys()) forget(lanes, room);
    },
  };
}

function forget(lanes: Map<string, Lane>, room: string): void {
  const lane = lanes.get(room);
  if (lane?.gather) clearTimeout(lane.gather);
  if (lane?.hold) clearTimeout(lane.hold);
  lanes.delete(room);
}

function dropIdle(lanes: Map<string, Lane>): void {
  const before = Date.now() - IDLE_LANE_MS;
  for (const [room, lane] of lanes) {
    if (lane.sentAt < before && lane.held.size === 0 && lane.events.length === 0)
      lanes.delete(room);
  }
}

/** Who joins, and who is named by an act without being in the room: new to a watcher, it may be. */
function namedFirstIn({ events, people }: RoomChange): string[] {
  const named = new Set(introducedBy(events));
  for (const { body, commandId } of events) {
    const member = memberOf(body);
    if (member === null || commandId === null) continue;
    if (people.get(member)?.presence === 'gone') named.add(member);
  }
  return [...named];
}
