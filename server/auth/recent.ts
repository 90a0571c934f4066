import type { AccountRefused } from '#app/domain/access/account.ts';
import type { Session } from './sessions.ts';

/**
 * Null when a session's holder proved who they are within the last ten minutes. Ask before what a
 * stolen session must not do: grants, keys, erasure, credentials.
 */
export function requireRecent(
  session: Pick<Session, 'isRecent'>,
): (AccountRefused & { reason: 'reauthenticate' }) | null {
  return session.isRecent ? null : { ok: false, reason: 'reauthenticate' };
}
