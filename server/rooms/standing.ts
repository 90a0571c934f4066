import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { operatorPower } from '#app/domain/access/operator-power.ts';
import type { Power } from '#app/domain/rooms/authority.ts';
import type { Role } from '#app/domain/rooms/state.ts';
import type { Actor } from './actor.ts';
import type { ActorRow } from './read-named.ts';

/** An actor's standing in a room, from rows read inside the transaction. */
export interface Standing {
  /** Audit reference. */
  ref: string;
  name: string;
  power: Power;
}

/**
 * @param role the actor's own role in the room, if they are a member in it
 * @returns null when there is no such actor (any more)
 */
export function standingOf(
  actor: Actor,
  { ref, name, roles }: ActorRow,
  room: string,
  role: Role | undefined,
): Standing | null {
  return ref === null ? null : { ref, name, power: powerOf(actor, roles, room, role) };
}

function powerOf(
  actor: Actor,
  roles: readonly OperatorRole[],
  room: string,
  role: Role | undefined,
): Power {
  switch (actor.kind) {
    case 'system':
      return 'system';
    case 'operator':
      return operatorPower(roles);
    case 'member':
      if (actor.room !== room) return 'none';
      if (role === 'host') return actor.role === 'moderator' ? 'room_moderator' : 'host';
      return role === 'moderator' ? 'room_moderator' : 'none';
    case 'platform':
      return 'none';
  }
}
