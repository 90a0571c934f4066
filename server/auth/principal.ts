import type { Principal } from '#app/domain/access/capabilities.ts';
import type { Session } from './sessions.ts';

/** Whoever has this session, as far as the table of capabilities looks; null: nobody. */
export function principalOf(session: Pick<Session, 'actor' | 'viewer'> | null): Principal {
  if (session === null) return { kind: 'nobody' };
  const { actor, viewer } = session;
  return actor.kind === 'operator'
    ? { kind: 'operator', roles: viewer.roles }
    : { kind: 'host', room: actor.room };
}
