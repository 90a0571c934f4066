import type { Request, RequestHandler, Response } from 'express';
import type { Scope } from '#app/domain/platform/view.ts';
import type { PlatformKey } from '#server/config/keys.ts';
import { networkOf, type RateLimit } from '#server/http/rate-limit.ts';
import type { Log } from '#server/log.ts';
import type { CallLimit } from '#server/platform/call-limit.ts';
import type { KeyRing } from '#server/platform/key-ring.ts';
import { sendProblem } from './problem.ts';

export interface BearerOptions {
  keys: KeyRing;
  /** Calls of each key. */
  calls: CallLimit;
  /** Attempts without a valid key, of each network. */
  failures: RateLimit;
  log: Pick<Log, 'error'>;
}

/** The key of a request that `requireScope` let through. */
export function keyOf(response: Response): PlatformKey {
  return response.locals.platformKey as PlatformKey;
}

/** Lets through only a known key with the scope, within its rate. */
export function requireScope(
  { keys, calls, failures, log }: BearerOptions,
  scope: Scope,
): RequestHandler {
  async function admit(
    key: PlatformKey | null,
    request: Request,
    response: Response,
  ): Promise<boolean> {
    if (!key) {
      if (!failures.take(networkOf(request), response)) return tooOften(response);
      response.set('WWW-Authenticate', 'Bearer');
      return refuse(response, 'unauthenticated', 'A valid platform key is needed.');
    }
    if (!(await calls.take(key, response))) return tooOften(response);
    if (!key.scopes.has(scope)) {
      return refuse(response, 'forbidden', `This needs the scope ${scope}.`);
    }
    response.locals.platformKey = key;
    return true;
  }
  return (request, response, next) => {
    const secret = secretOf(request);
    const found = secret === null ? Promise.resolve(null) : keys.find(secret);
    found
      .then((key) => admit(key, request, response))
      .catch((error) => {
        log.error({ error }, "a call's key could not be looked up");
        return refuse(response, 'unavailable', 'Keys can not be looked up now.');
      })
      .then((isAdmitted) => isAdmitted && next())
      .catch(next);
  };
}

/**
 * Lets through only a key that holds still, for after the body: that can be held back for as long as calls
 * may take, while the key is revoked.
 */
export function requireKeyStill({ keys, log }: BearerOptions): RequestHandler {
  return (request, response, next) => {
    keys
      .find(secretOf(request) ?? '')
      .then((key) => key !== null || refuse(response, 'unauthenticated', 'This key has ended.'))
      .catch((error) => {
        log.error({ error }, "a call's key could not be looked up");
        return refuse(response, 'unavailable', 'Keys can not be looked up now.');
      })
      .then((holds) => holds && next())
      .catch(next);
  };
}

function secretOf(request: Request): string | null {
  const header = request.get('authorization') ?? '';
  return /^Bearer ([!-~]{1,256})$/i.exec(header)?.[1] ?? null;
}

function refuse(
  response: Response,
  reason: 'unauthenticated' | 'forbidden' | 'unavailable',
  title: string,
): false {
  const retry = reason === 'unavailable' && { retryAfter: 1_000 };
  sendProblem(response, { reason, title, ...retry });
  return false;
}

function tooOften(response: Response): false {
  const seconds = Number(response.get('Retry-After') ?? 1);
  sendProblem(response, {
    reason: 'rate_limited',
    title: 'Too many calls.',
    retryAfter: seconds * 1_000,
  });
  return false;
}
