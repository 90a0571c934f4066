import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';

type WithoutHead<C> = C extends unknown ? Omit<C, 'id' | 'room' | 'reason' | 'policy'> : never;

/** What someone wants done, before it has an id and a reason. */
export type Act = WithoutHead<RoomCommandInput>;

/** Keys of the words about acts: its name, with the role where that changes what happens. */
export type ActKey =
  | Exclude<Act['name'], 'promote' | 'demote'>
  | 'promote_speaker'
  | 'promote_moderator'
  | 'demote_listener'
  | 'demote_speaker'
  | 'demote_moderator';

/** @returns the key of an act's words. */
export function actKey(act: Act): ActKey {
  if (act.name === 'promote') return `promote_${act.to}`;
  if (act.name === 'demote') return `demote_${act.to}`;
  return act.name;
}

/** Acts whose reason is worth asking for, or whose consequence is worth a second look. */
const ASKED: ReadonlySet<ActKey> = new Set<ActKey>([
  'mute',
  'remove',
  'report',
  'demote_listener',
  'demote_speaker',
  'demote_moderator',
  'promote_moderator',
  'clear_hands',
  'end_room',
]);

/** Whether an act opens a dialog first; the others carry the usual reason and can be undone. */
export function isAsked(act: Act): boolean {
  return ASKED.has(actKey(act));
}

const NOT_UNDOABLE: ReadonlySet<string> = new Set<Act['name']>([
  'report',
  'end_room',
  'hand_over',
  'acknowledge_hand_over',
  'undo',
]);

/** Whether an act of this name can be taken back. */
export function isUndoable(name: string): boolean {
  return !NOT_UNDOABLE.has(name);
}

/** Acts for which reasons are often given; each has words under `preset.<key>.1` to `.4`. */
export const PRESETS: Partial<Record<ActKey, number>> = {
  mute: 4,
  remove: 4,
  demote_listener: 3,
};
