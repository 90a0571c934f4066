import type { Request, RequestHandler, Response } from 'express';
import type { Db } from '#db/client.ts';
import { readCookie } from '#server/auth/cookie.ts';
import { type HeldSession, readHeldSession, type SessionLimits } from '#server/auth/sessions.ts';
import type { CallLimit } from '#server/platform/call-limit.ts';

/** Who sends a request, as its session cookie says. */
export interface Asker {
  token: string | null;
  /** Null: nobody who is signed in. */
  held: HeldSession | null;
}

export interface AskerOptions {
  db: Db;
  limits: SessionLimits;
  /** Whether people reach the console over https. */
  secure: boolean;
}

/** Reads a request's session; @throws without a database */
export async function readAsker(
  request: Pick<Request, 'headers'>,
  { db, limits, secure }: AskerOptions,
): Promise<Asker> {
  const token = readCookie(request.headers.cookie, secure);
  return { token, held: await readHeldSession(db, token, limits) };
}

/**
 * Reads who asks, once a request, and limits what one person may ask, in however many tabs, sessions
 * and networks. Those who aren't signed in are limited by their network alone.
 */
export function limitByActor(limit: CallLimit, options: AskerOptions): RequestHandler {
  return (request, response, next) => {
    const admit = async () => {
      const asker = await readAsker(request, options);
      response.locals.asker = asker;
      const caller = asker.held && { id: callerOf(asker.held), callsPerMinute: null };
      if (caller === null || (await limit.take(caller, response))) return true;
      response.status(429).type('text/plain').send('Too many requests. Try again shortly.');
      return false;
    };
    admit().then((isAdmitted) => isAdmitted && next(), next);
  };
}

/** Who knows somebody's password alone must not be able to use their share up. No key's id has a blank. */
function callerOf({ ref, isWanting }: HeldSession): string {
  return `${isWanting ? 'wanting' : 'actor'} ${ref}`;
}

/** Who was found to ask, by `limitByActor`. */
export function askerOf(locals: Response['locals']): Asker {
  return locals.asker as Asker;
}
