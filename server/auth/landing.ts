import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { startOf } from '#app/domain/access/start.ts';
import { type Holder, isWanting, type Proof, type SessionLimits } from './sessions.ts';

/** Path at which someone who has just proved this much goes on. */
export function landingOf(
  holder: Holder,
  roles: readonly OperatorRole[],
  strength: Proof['strength'],
  limits: SessionLimits,
): string {
  if (holder.kind === 'member') return `/rooms/${holder.room}`;
  if (isWanting(strength, roles, limits)) return '/second-factor';
  return startOf(roles);
}
