import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { urgencyOf } from '#app/domain/rooms/urgency.ts';

/** A row of the list of rooms; its urgency follows from the rest. */
export function roomRow(id: string, part: Partial<Omit<RoomRow, 'id' | 'urgency'>> = {}): RoomRow {
  const row = {
    id,
    title: `Room ${id}`,
    language: 'en',
    status: 'live' as const,
    seq: 1,
    counts: { present: 10, stage: 2, hands: 0, attendants: 1 },
    locked: false,
    calmUntil: null,
    openedAt: 0,
    unattendedSince: null,
    reports: 0,
    failedEnforcements: 0,
    handOverDue: false,
    incident: null,
    watchers: [],
    ...part,
  };
  return { ...row, urgency: urgencyOf(row) };
}
