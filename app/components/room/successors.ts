import type { RoomModel } from '#app/live/room-model.ts';

const OFFERED = 3;

/** @returns ids of the speakers who have been here longest, to offer the unattended room to. */
export function successors(model: RoomModel): string[] {
  return [...model.stage]
    .flatMap((id) => model.people.get(id) ?? [])
    .filter(({ role, presence, muted }) => role === 'speaker' && presence === 'present' && !muted)
    .sort((a, b) => (a.joinedAt ?? 0) - (b.joinedAt ?? 0) || a.ord - b.ord)
    .slice(0, OFFERED)
    .map(({ memberId }) => memberId);
}
