import type { RoomCommand } from '#app/domain/rooms/commands.ts';

/**
 * Whether commands like this may stand beside others in the same room and transaction. They need
 * nothing but the room, whom they name and who acts.
 */
export function canShare({ name }: RoomCommand): boolean {
  return SHARING.has(name);
}

const SHARING: ReadonlySet<RoomCommand['name']> = new Set<RoomCommand['name']>([
  'mute',
  'allow_to_speak',
  'remove',
  'readmit',
  'promote',
  'demote',
  'lower_hand',
  'lock_room',
  'unlock_room',
]);
