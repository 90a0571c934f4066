import type { RoomRow } from './protocol.ts';

type Inputs = Pick<
  RoomRow,
  'reports' | 'failedEnforcements' | 'unattendedSince' | 'incident' | 'handOverDue' | 'counts'
>;

/**
 * How badly a room needs someone, for sorting: open reports first, then failed enforcement, then
 * unattended, then incidents, then a hand-over that is due; within equal ones the fuller room.
 */
export function urgencyOf(room: Inputs): number {
  const tier =
    (room.reports > 0 ? 16 : 0) +
    (room.failedEnforcements > 0 ? 8 : 0) +
    (room.unattendedSince !== null ? 4 : 0) +
    (room.incident !== null ? 2 : 0) +
    (room.handOverDue ? 1 : 0);
  return tier * 1_000_000 + Math.min(room.counts.present, 999_999);
}
