import type { CommandName, RoomCommand } from './commands.ts';
import type { RoomEventBody } from './events.ts';
import { ROLES, type Role } from './state.ts';

/** What an actor may do in a room comes down to one of these, read inside the transaction. */
export const POWERS = [
  'none',
  'room_moderator',
  'host',
  'operator_moderator',
  'operator_lead',
  'system',
] as const;
export type Power = (typeof POWERS)[number];

/** Higher outranks lower: a mute or removal can't be lifted by a lower rank than imposed it. */
export function rankOf(power: Power): number {
  return POWERS.indexOf(power);
}

type Named = 'mute' | 'allow_to_speak' | 'remove' | 'readmit' | 'promote' | 'demote' | 'lower_hand';
const ALL: ReadonlySet<Named> = new Set<Named>([
  'mute',
  'allow_to_speak',
  'remove',
  'readmit',
  'promote',
  'demote',
  'lower_hand',
]);
const HOST_AS_MODERATOR: ReadonlySet<Named> = new Set<Named>(['mute', 'remove']);
const NONE: ReadonlySet<Named> = new Set<Named>();

/** The permission table: power, then the target's role, to the commands allowed on them. */
const OVER: Record<Power, Record<Role, ReadonlySet<Named>>> = {
  none: { listener: NONE, speaker: NONE, moderator: NONE, host: NONE },
  room_moderator: { listener: ALL, speaker: ALL, moderator: NONE, host: NONE },
  host: { listener: ALL, speaker: ALL, moderator: ALL, host: NONE },
  operator_moderator: { listener: ALL, speaker: ALL, moderator: ALL, host: HOST_AS_MODERATOR },
  operator_lead: { listener: ALL, speaker: ALL, moderator: ALL, host: ALL },
  system: { listener: ALL, speaker: ALL, moderator: ALL, host: ALL },
};

const ON_ROOM: Record<Exclude<CommandName, Named | 'undo' | 'report'>, Power> = {
  clear_hands: 'room_moderator',
  lock_room: 'room_moderator',
  unlock_room: 'room_moderator',
  calm_room: 'room_moderator',
  hand_over: 'room_moderator',
  acknowledge_hand_over: 'room_moderator',
  end_room: 'host',
};

function isNamed(name: CommandName): name is Named {
  return ALL.has(name as Named);
}

/** Whether this power may use the command at all, before anything about a target is looked at. */
export function mayUse(power: Power, name: CommandName): boolean {
  if (power === 'none') return false;
  if (isNamed(name) || name === 'undo' || name === 'report') return true;
  return rankOf(power) >= rankOf(ON_ROOM[name]);
}

/** As much of a command as the permission table looks at. */
type Asked = Pick<RoomCommand, 'name'> & { to?: unknown };

/** Only hosts and operators make or unmake a moderator. */
function changesModerator(command: Asked): boolean {
  return command.name === 'promote' && command.to === 'moderator';
}

/** Whether this power may use the command on a target with this role. Reports are open on anyone. */
export function mayUseOn(power: Power, command: Asked, target: Role): boolean {
  if (!mayUse(power, command.name)) return false;
  if (!isNamed(command.name)) return true;
  if (changesModerator(command) && rankOf(power) < rankOf('host')) return false;
  return OVER[power][target].has(command.name);
}

/** The command on a person that an event is the work of, or would be. */
const WORK_OF: Partial<Record<RoomEventBody['type'], Named>> = {
  'participant.muted': 'mute',
  'participant.allowed_to_speak': 'allow_to_speak',
  'participant.removed': 'remove',
  'participant.readmitted': 'readmit',
  'participant.promoted': 'promote',
  'participant.demoted': 'demote',
  'hand.lowered': 'lower_hand',
  'hand.raised': 'lower_hand',
};

/**
 * Whether this power may take back `event` by `inverse`: whoever could have done either may, over
 * the highest role that is at stake. Acts on the room itself need no more than `mayUse`.
 */
export function mayReverse(
  power: Power,
  event: RoomEventBody,
  inverse: RoomEventBody,
  current: Role,
): boolean {
  const works = [WORK_OF[event.type], WORK_OF[inverse.type]].filter((name) => name !== undefined);
  if (works.length === 0) return true;
  const roles = [current, ...rolesIn(event), ...rolesIn(inverse)];
  const highest = roles.reduce((a, b) => (ROLES.indexOf(b) > ROLES.indexOf(a) ? b : a));
  return works.some((name) => OVER[power][highest].has(name));
}

function rolesIn(body: RoomEventBody): Role[] {
  if ('from' in body) return [body.from, body.to];
  return 'role' in body ? [body.role] : [];
}

/** Acts that count against an actor's limit per minute. */
export function isDestructive(name: CommandName): boolean {
  return DESTRUCTIVE.has(name);
}
const DESTRUCTIVE: ReadonlySet<CommandName> = new Set<CommandName>([
  'mute',
  'remove',
  'demote',
  'lower_hand',
  'clear_hands',
  'lock_room',
  'calm_room',
  'end_room',
]);
