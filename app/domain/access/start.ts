import { type OperatorRole, rolesCan } from './capabilities.ts';

/** Path at which an operator with these roles begins: what they are here for. */
export function startOf(roles: readonly OperatorRole[]): string {
  if (rolesCan(roles, 'rooms.watch')) return '/rooms';
  return rolesCan(roles, 'log.read') ? '/log' : '/operators';
}
