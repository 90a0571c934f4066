import type { Request } from 'express';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { RostrumContext } from '#app/load-context.ts';
import type { App } from '#server/app.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import { browserFamilyOf } from '#server/auth/browser-family.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { signInHost } from '#server/auth/host-sign-in.ts';
import type { HostVerifier } from '#server/auth/host-token.ts';
import { redeemLink } from '#server/auth/links.ts';
import { endSession, type Session, type SessionLimits } from '#server/auth/sessions.ts';
import { readHead } from '#server/rooms/read-head.ts';
import { accountContext, visitorOf } from './account-context.ts';
import type { Asker } from './asker.ts';
import { auditContext } from './audit-context.ts';
import { type OperatorsOptions, operatorsContext } from './operators-context.ts';
import { type PlatformOptions, platformContext } from './platform-context.ts';
import { policiesContext } from './policies-context.ts';

export interface ContextOptions {
  app: App;
  accounts: Accounts;
  limits: SessionLimits;
  /** Whether people reach the console over https. */
  secure: boolean;
  /** Rooms that an actor may see, most urgent first; null when none are theirs to see. */
  listRooms(actor: Session['actor']): Promise<RoomRow[] | null>;
  /** Told when a session ends, so that its sockets close. */
  sessionEnded(token: string): void;
  /** Checks host links of the platform; null when it signs none. */
  verifyHost: HostVerifier | null;
  platform: PlatformOptions;
  operators: Omit<OperatorsOptions, 'origin'>;
}

/**
 * Builds what Remix sees of the server for one request.
 * @param takeSignIn whether the caller may try to sign in once more
 */
export function loadContext(
  request: Request,
  cspNonce: string,
  { token, held }: Asker,
  takeSignIn: () => boolean,
  options: ContextOptions,
): RostrumContext {
  const { app, accounts, limits, secure, listRooms, sessionEnded, verifyHost } = options;
  const { db } = app;
  // Until a second factor is given, nothing but the screen that asks for it knows who this is.
  const session = held?.isWanting ? null : held;
  const { origin } = visitorOf(request, secure, token).origin;
  return {
    cspNonce,
    viewer: session?.viewer ?? null,
    rooms: {
      list: async () => (session ? listRooms(session.actor) : null),
      head: async (room) => (session ? readHead(db, session.actor, room) : null),
      act: async (command) => (session ? app.act(session.actor, command) : refuse('forbidden')),
    },
    account: accountContext(request, { accounts, secure, limits, held, token, takeSignIn }),
    audit: auditContext(db, session),
    operators: operatorsContext(db, session, { ...options.operators, origin }),
    platform: platformContext(db, session, options.platform),
    policies: policiesContext(db, session),
    session: {
      async signIn(link) {
        if (!takeSignIn()) return 'too_many';
        const redeemed = await redeemLink(
          db,
          link,
          limits,
          browserFamilyOf(request.headers['user-agent']),
        );
        if (redeemed === null) return null;
        // Whoever was signed in here before is not any more.
        await endSession(db, token);
        if (token !== null) sessionEnded(token);
        const cookie = writeCookie(redeemed.token, limits.maxHours * 3_600, secure);
        return { cookie, landing: redeemed.landing };
      },
      async signInHost(link) {
        if (!takeSignIn()) return 'too_many';
        const signedIn = await signInHost(db, verifyHost, link, limits);
        if (!signedIn.ok) return signedIn.reason;
        await endSession(db, token);
        if (token !== null) sessionEnded(token);
        const cookie = writeCookie(signedIn.token, limits.maxHours * 3_600, secure);
        return { cookie, landing: signedIn.landing };
      },
      async signOut() {
        await endSession(db, token);
        if (token !== null) sessionEnded(token);
        return writeCookie('', 0, secure);
      },
    },
  };
}
