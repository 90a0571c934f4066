import type { Request } from 'express';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { RostrumContext } from '#app/load-context.ts';
import type { App } from '#server/app.ts';
import { readCookie, writeCookie } from '#server/auth/cookie.ts';
import { redeemLink } from '#server/auth/links.ts';
import {
  endSession,
  readSession,
  type Session,
  type SessionLimits,
} from '#server/auth/sessions.ts';
import { readHead } from '#server/rooms/read-head.ts';
import { auditContext } from './audit-context.ts';

export interface ContextOptions {
  app: App;
  limits: SessionLimits;
  /** Whether people reach the console over https. */
  secure: boolean;
  /** Rooms that an actor may see, most urgent first; null when none are theirs to see. */
  listRooms(actor: Session['actor']): Promise<RoomRow[] | null>;
  /** Told when a session ends, so that its sockets close. */
  sessionEnded(token: string): void;
}

/**
 * Builds what Remix sees of the server for one request.
 * @param takeSignIn whether the caller may try to sign in once more
 */
export async function loadContext(
  request: Request,
  cspNonce: string,
  takeSignIn: () => boolean,
  { app, limits, secure, listRooms, sessionEnded }: ContextOptions,
): Promise<RostrumContext> {
  const { db } = app;
  const token = readCookie(request.headers.cookie, secure);
  const session = await readSession(db, token, limits);
  return {
    cspNonce,
    viewer: session?.viewer ?? null,
    rooms: {
      list: async () => (session ? listRooms(session.actor) : null),
      head: async (room) => (session ? readHead(db, session.actor, room) : null),
      act: async (command) => (session ? app.act(session.actor, command) : refuse('forbidden')),
    },
    audit: auditContext(db, session),
    session: {
      async signIn(link) {
        if (!takeSignIn()) return 'too_many';
        const redeemed = await redeemLink(db, link, limits);
        if (redeemed === null) return null;
        // Whoever was signed in here before is not any more.
        await endSession(db, token);
        if (token !== null) sessionEnded(token);
        const cookie = writeCookie(redeemed.token, limits.maxHours * 3_600, secure);
        return { cookie, landing: redeemed.landing };
      },
      async signOut() {
        await endSession(db, token);
        if (token !== null) sessionEnded(token);
        return writeCookie('', 0, secure);
      },
    },
  };
}
