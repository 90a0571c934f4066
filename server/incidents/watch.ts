import type { IncidentKind } from '#app/domain/rooms/events.ts';
import {
  advance,
  isSettled,
  judgeDrop,
  judgeRaid,
  type Meter,
  newMeter,
  trips,
  usualOf,
  WINDOW,
} from '#app/domain/rooms/incidents.ts';
import type { Room } from '#app/domain/rooms/state.ts';
import type { App } from '#server/app.ts';
import type { Log } from '#server/log.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { growthOf, measureDrop, measureRush, shareBelow } from './measure.ts';
import { type Found, openIncident } from './open.ts';
import { spanOf } from './tend.ts';

export interface IncidentWatch {
  /** Resolves when no look at the facts is under way or planned. */
  idle(): Promise<void>;
  /** Looks no more. */
  stop(): Promise<void>;
}

interface Watched {
  room: Room;
  meters: Record<IncidentKind, Meter>;
  /** A look that is planned or under way, by kind. */
  looks: Partial<Record<IncidentKind, Promise<void>>>;
  /** Until when an incident that was found is left to grow, by kind. */
  foundUntil: Partial<Record<IncidentKind, number>>;
}

/** Between a sign and the look at the facts, in milliseconds: those who follow are in it. */
const PAUSE = 500;
/** Above as many rooms, those without news for ten minutes are forgotten. */
const MOST_ROOMS = 1_000;
const FORGET_AFTER = 600_000;

/**
 * Counts losses and arrivals as they are committed and, when they come far faster than the room's
 * own rate, reads the facts and opens an incident. What this process doesn't commit it doesn't
 * count; the facts are the database's and hold everyone's.
 */
export function openIncidentWatch(
  app: Pick<App, 'db' | 'committed' | 'onCommitted'>,
  log: Pick<Log, 'error'>,
  pauseMs = PAUSE,
): IncidentWatch {
  const rooms = new Map<string, Watched>();
  let stopped = false;

  app.onCommitted((change) => {
    const { room } = change;
    if (stopped) return;
    if (room.status === 'ended') rooms.delete(room.id);
    else heed(change);
  });

  function heed({ room, events }: RoomChange): void {
    let lost = 0;
    let came = 0;
    for (const { body } of events) {
      if (body.type === 'participant.dropped') lost++;
      else if (body.type === 'participant.joined' && body.returned === 'no') came++;
    }
    if (lost + came === 0) return;
    const now = events.at(-1)?.at ?? Date.now();
    const watched = rooms.get(room.id) ?? begin(room, now);
    watched.room = room;
    count(watched, 'sudden_drop', lost, now);
    count(watched, 'raid', came, now);
  }

  function begin(room: Room, now: number): Watched {
    const meters = {
      sudden_drop: newMeter(WINDOW.sudden_drop, now),
      raid: newMeter(WINDOW.raid, now),
    };
    const watched: Watched = { room, meters, looks: {}, foundUntil: {} };
    if (rooms.size >= MOST_ROOMS) forgetBefore(now - FORGET_AFTER);
    rooms.set(room.id, watched);
    return watched;
  }

  /** Rooms that other processes have ended; and a rate this old is none. */
  function forgetBefore(instant: number): void {
    for (const [id, { meters }] of rooms) {
      const newest = Math.max(meters.sudden_drop.second, meters.raid.second);
      if (newest * 1_000 < instant) rooms.delete(id);
    }
  }

  function count(watched: Watched, kind: IncidentKind, people: number, now: number): void {
    if (people === 0) return;
    watched.meters[kind] = advance(watched.meters[kind], now, people);
    if (watched.looks[kind] || now < (watched.foundUntil[kind] ?? 0)) return;
    if (!trips(watched.meters[kind])) return;
    watched.looks[kind] = new Promise((resolve) => setTimeout(resolve, pauseMs))
      .then(() => look(watched, kind))
      .catch((error) => log.error({ error, kind }, 'a possible incident was not looked at'))
      .finally(() => delete watched.looks[kind]);
  }

  async function look(watched: Watched, kind: IncidentKind): Promise<void> {
    if (stopped) return;
    const now = Date.now();
    const found =
      kind === 'raid' ? await lookForRaid(watched, now) : await lookForDrop(watched, now);
    if (found === null) return;
    watched.foundUntil[kind] = now + growthOf(kind);
    const change = await openIncident(app.db, watched.room.id, found);
    if (change) app.committed(change);
  }

  async function lookForDrop({ room, meters }: Watched, now: number): Promise<Found | null> {
    const drop = await measureDrop(app.db.sql, room.id, now - WINDOW.sudden_drop * 1_000, now);
    const numbers = judgeDrop({
      ...spanOf(drop),
      usual: usualOf(meters.sudden_drop, drop.people),
      present: room.counts.present + drop.people,
      inOneCohort: drop.inOneCohort,
    });
    return numbers && { kind: 'sudden_drop', at: drop.first as Date, numbers };
  }

  async function lookForRaid({ room, meters }: Watched, now: number): Promise<Found | null> {
    const from = now - WINDOW.raid * 1_000;
    const roomAge = (from - room.openedAt) / 1_000;
    if (!isSettled(roomAge)) return null;
    const rush = await measureRush(app.db.sql, room.id, from, now);
    const { inviter, below } = rush;
    const numbers = judgeRaid({
      ...spanOf(rush),
      usual: usualOf(meters.raid, rush.people),
      roomAge,
      inviter,
      below,
      shareBefore: inviter === null ? 0 : await shareBelow(app.db.sql, room.id, inviter, from),
    });
    return numbers && { kind: 'raid', at: rush.first as Date, numbers };
  }

  async function idle(): Promise<void> {
    const looks = () => [...rooms.values()].flatMap((watched) => Object.values(watched.looks));
    while (looks().length > 0) await Promise.all(looks());
  }

  return {
    idle,
    async stop() {
      stopped = true;
      await idle();
    },
  };
}
