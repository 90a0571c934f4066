import type { RoomEvent } from '#app/domain/rooms/events.ts';
import type { FloorSegment, PresencePoint } from '#app/domain/rooms/snapshot.ts';
import type { Instant } from '#app/domain/rooms/state.ts';

/** How far back the timeline reaches, in milliseconds. */
export const FLOOR_SPAN = 30 * 60_000;
const POINT_EVERY = 10_000;

/** Who held the floor and how many were here, over the last half hour. */
export interface FloorHistory {
  /** In order of their beginning; those held now end in null. */
  readonly segments: readonly FloorSegment[];
  readonly presence: readonly PresencePoint[];
  readonly openedAt: Instant;
  load(
    segments: readonly FloorSegment[],
    presence: readonly PresencePoint[],
    openedAt: Instant,
  ): void;
  /** Takes in an event and how many are here after it. @returns whether the picture changed */
  apply(event: RoomEvent, present: number): boolean;
}

/** An empty history. */
export function createFloorHistory(): FloorHistory {
  let segments: FloorSegment[] = [];
  let presence: PresencePoint[] = [];
  let openedAt = 0;

  // Silence always comes with `floor.released` first, so nothing else ends a segment.
  const close = (member: string, at: Instant) => {
    const index = segments.findLastIndex((one) => one.member === member && one.to === null);
    const open = segments[index];
    if (open) segments[index] = { ...open, to: at };
    return open !== undefined;
  };
  const forget = (now: Instant) => {
    const horizon = now - FLOOR_SPAN;
    segments = segments.filter(({ to }) => to === null || to > horizon);
    const first = presence.findIndex(({ at }) => at > horizon);
    // The last point before the horizon is where the line enters the picture.
    if (first > 1) presence = presence.slice(first - 1);
  };
  const sample = (at: Instant, present: number) => {
    const last = presence.at(-1);
    if (last && last.present === present) return false;
    const previous = presence.at(-2);
    if (last && previous && at - previous.at < POINT_EVERY) {
      presence[presence.length - 1] = { at, present };
      return false;
    }
    presence.push({ at, present });
    forget(at);
    return true;
  };

  return {
    get segments() {
      return segments;
    },
    get presence() {
      return presence;
    },
    get openedAt() {
      return openedAt;
    },
    load(loaded, points, opened) {
      segments = [...loaded];
      presence = [...points];
      openedAt = opened;
    },
    apply({ at, body }, present) {
      const sampled = sample(at, present);
      if (body.type === 'floor.taken') {
        segments.push({ member: body.member, from: at, to: null });
        return true;
      }
      if (body.type === 'floor.released') return close(body.member, at);
      return sampled;
    },
  };
}
