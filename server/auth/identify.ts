import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
import type { JoinTokenKey } from '#server/config/keys.ts';
import type { ConsoleIdentity } from '#server/realtime/deps.ts';
import { readCookie } from './cookie.ts';
import type { Admitted } from './join-claims.ts';
import { verifyJoinToken } from './join-token.ts';
import { readSession, type SessionLimits } from './sessions.ts';

/** Who opens a console socket, by the session cookie; null: nobody who is signed in. */
export function identifyConsole(db: Db, secure: boolean, limits: SessionLimits) {
  return async (cookie: string | undefined): Promise<ConsoleIdentity | null> => {
    const session = await readSession(db, readCookie(cookie, secure), limits);
    if (session === null) return null;
    const { actor, ref, viewer, id } = session;
    return { actor, ref, name: viewer.name, sessionHash: id };
  };
}

/** Who opens a member socket, by the join token; a refusal says why the token doesn't do. */
export function identifyMember(keys: readonly JoinTokenKey[]) {
  return async (token: string): Promise<Admitted | Refused> => {
    const verified = verifyJoinToken(keys, token);
    if (verified.ok) return verified.claims;
    const reason = verified.why === 'malformed' ? 'invalid' : 'forbidden';
    return refuse(reason, { issues: [{ path: 'token', message: verified.why }] });
  };
}
