import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { PlatformKey, Scope } from '#server/config/keys.ts';
import { networkOf, type RateLimit } from '#server/http/rate-limit.ts';
import { sendProblem } from './problem.ts';

export interface BearerOptions {
  keys: readonly PlatformKey[];
  /** Calls of each key. */
  calls: RateLimit;
  /** Attempts without a valid key, of each network. */
  failures: RateLimit;
}

/** The key of a request that `requireScope` let through. */
export function keyOf(response: Response): PlatformKey {
  return response.locals.platformKey as PlatformKey;
}

/** Lets through only a known key with the scope, within its rate. */
export function requireScope(
  { keys, calls, failures }: BearerOptions,
  scope: Scope,
): RequestHandler {
  return (request, response, next) => {
    const key = findKey(keys, request);
    if (!key) {
      if (!failures.take(networkOf(request), response)) return tooOften(response);
      response.set('WWW-Authenticate', 'Bearer');
      return sendProblem(response, {
        reason: 'unauthenticated',
        title: 'A valid platform key is needed.',
      });
    }
    if (!calls.take(key.id, response)) return tooOften(response);
    if (!key.scopes.has(scope)) {
      return sendProblem(response, {
        reason: 'forbidden',
        title: `This needs the scope ${scope}.`,
      });
    }
    response.locals.platformKey = key;
    next();
  };
}

function findKey(keys: readonly PlatformKey[], request: Request): PlatformKey | undefined {
  const header = request.get('authorization') ?? '';
  const secret = /^Bearer ([!-~]{1,256})$/i.exec(header)?.[1];
  if (secret === undefined) return undefined;
  const hash = createHash('sha256').update(secret).digest();
  // Every key is compared, so that the time says nothing about which came near.
  return keys.filter((key) => timingSafeEqual(key.hash, hash))[0];
}

function tooOften(response: Response): void {
  const seconds = Number(response.get('Retry-After') ?? 1);
  sendProblem(response, {
    reason: 'rate_limited',
    title: 'Too many calls.',
    retryAfter: seconds * 1_000,
  });
}
