import type { Power } from '#app/domain/rooms/authority.ts';
import { type OperatorRole, rolesCan } from './capabilities.ts';

/** What an operator with these roles may do in any room. */
export function operatorPower(roles: readonly OperatorRole[]): Power {
  if (rolesCan(roles, 'rooms.act_on_hosts')) return 'operator_lead';
  return rolesCan(roles, 'rooms.act') ? 'operator_moderator' : 'none';
}
