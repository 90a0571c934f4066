import type { FloorSegment, PresencePoint } from '#app/domain/rooms/snapshot.ts';
import type { Instant } from '#app/domain/rooms/state.ts';

/** A bar of the picture: its lane, where it begins and how long it is, as shares of the span. */
export interface FloorBar {
  member: string;
  from: Instant;
  to: Instant | null;
  lane: number;
  start: number;
  length: number;
}

/** Time on the floor of one member within the span. */
export interface FloorShare {
  member: string;
  milliseconds: number;
  isNow: boolean;
}

/**
 * Gives the members who spoke longest a lane each, and everyone else the last one. Segments outside
 * the span are left out, those at its edge cut.
 */
export function layOutFloor(
  segments: readonly FloorSegment[],
  now: Instant,
  span: number,
  lanes: number,
): FloorBar[] {
  const begin = now - span;
  const own = new Map<string, number>();
  for (const { member } of shareFloor(segments, now, span).slice(0, lanes - 1)) {
    own.set(member, own.size);
  }
  return segments.flatMap(({ member, from, to }) => {
    const [start, end] = [Math.max(from, begin), Math.min(to ?? now, now)];
    if (end <= begin || start > now) return [];
    const lane = own.get(member) ?? lanes - 1;
    return [
      { member, from, to, lane, start: (start - begin) / span, length: (end - start) / span },
    ];
  });
}

/** Who held the floor how long within the span, longest first. */
export function shareFloor(
  segments: readonly FloorSegment[],
  now: Instant,
  span: number,
): FloorShare[] {
  const shares = new Map<string, FloorShare>();
  for (const { member, from, to } of segments) {
    const length = Math.min(to ?? now, now) - Math.max(from, now - span);
    if (length <= 0) continue;
    const share = shares.get(member) ?? { member, milliseconds: 0, isNow: false };
    share.milliseconds += length;
    share.isNow ||= to === null;
    shares.set(member, share);
  }
  return [...shares.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

/** The presence line as an SVG path in a box of 1000 × 100, from the least to the most seen. */
export function presencePath(points: readonly PresencePoint[], now: Instant, span: number): string {
  const begin = now - span;
  const counts = points.map(({ present }) => present);
  const most = Math.max(1, ...counts);
  const least = Math.min(...counts, most * 0.9);
  const x = (at: Instant) => Math.round(Math.max(0, (at - begin) / span) * 1000);
  const y = (present: number) => Math.round(95 - ((present - least) / (most - least || 1)) * 90);
  const last = points.at(-1);
  if (!last) return '';
  const steps = points.map(({ at, present }) => `${x(at)} ${y(present)}`);
  return `M${[...steps, `1000 ${y(last.present)}`].join('L')}`;
}
