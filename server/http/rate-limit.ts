import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';

export interface RateLimit {
  /**
   * Takes one of the caller's calls; sets the RateLimit headers of a response.
   * @param own calls a minute of this caller, where they are not those of all
   * @returns whether there was one
   */
  take(caller: string, response?: Response, own?: number | null): boolean;
}

interface Bucket {
  /** Calls left; refills evenly. */
  left: number;
  at: number;
  perMinute: number;
  /** When it was last told that this caller is refused. */
  toldAt?: number;
}

/** Most callers remembered; beyond it, those who are back at a full bucket are forgotten. */
const LARGEST = 50_000;
const TOLD_EVERY_MS = 15 * 60_000;

/**
 * Allows each caller so many calls a minute, with a burst of as many. Memory only; callers are
 * remembered by a hash under a key of this process, so no address is kept.
 * @param refused told that a caller is refused, once in a quarter of an hour for each
 */
export function openRateLimit(
  usual: number,
  now: () => number = Date.now,
  refused?: () => void,
): RateLimit {
  const hash = openCallerHash();
  const buckets = new Map<string, Bucket>();

  function forgetIdle(): void {
    const time = now();
    for (const [id, { left, at, perMinute }] of buckets) {
      if (left + ((time - at) * perMinute) / 60_000 >= perMinute) buckets.delete(id);
    }
    // Everyone is busy: better to forget the oldest than to grow.
    for (const id of buckets.keys()) {
      if (buckets.size < LARGEST) return;
      buckets.delete(id);
    }
  }

  return {
    take(caller, response, own) {
      const perMinute = own ?? usual;
      const rate = perMinute / 60_000;
      const id = hash(caller);
      const time = now();
      const known = buckets.get(id);
      if (!known && buckets.size >= LARGEST) forgetIdle();
      const refilled = known ? known.left + (time - known.at) * rate : perMinute;
      const left = Math.min(perMinute, refilled) - 1;
      if (left >= 0) buckets.set(id, { ...known, left, at: time, perMinute });
      response?.set({
        'RateLimit-Limit': String(perMinute),
        'RateLimit-Remaining': String(Math.max(0, Math.floor(left))),
        'RateLimit-Reset': String(Math.ceil((perMinute - Math.max(0, left)) / rate / 1_000)),
      });
      if (left >= 0) return true;
      if (known && refused && time - (known.toldAt ?? -Infinity) >= TOLD_EVERY_MS) {
        known.toldAt = time;
        refused();
      }
      response?.set('Retry-After', String(Math.max(1, Math.ceil(-left / rate / 1_000))));
      return false;
    },
  };
}

/** Names callers by a hash under a key made here, so that no address is kept. */
export function openCallerHash(): (caller: string) => string {
  const key = createSecretKey(randomBytes(32));
  return (caller) => createHmac('sha256', key).update(caller).digest('base64url');
}

/** The network a request comes from: an IPv6 caller has a whole /64 to choose addresses from. */
export function networkOf(request: Pick<Request, 'ip'>): string {
  const address = request.ip ?? '';
  if (address.includes('.')) return address;
  const [before = [], after = []] = address.split('::').map((part) => part.split(':'));
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

/** Limits what one network may ask. */
export function limitByNetwork(limit: RateLimit): RequestHandler {
  return (request, response, next) => {
    if (limit.take(networkOf(request), response)) return next();
    response.status(429).type('text/plain').send('Too many requests. Try again shortly.');
  };
}
