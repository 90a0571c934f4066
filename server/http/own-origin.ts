import type { RequestHandler } from 'express';
import { isLoopback } from '#server/config.ts';

export interface OwnOrigin {
  /** Whether an origin is this console's. */
  isOwn(origin: string): boolean;
  /** Refuses requests for other hosts, so that no foreign name can point at this server. */
  requireOwnHost: RequestHandler;
}

/**
 * What counts as this console's address.
 * @param publicUrl its origin; undefined while it only listens on this machine
 * @param port answers the port it listens on
 * @param trustProxy whether a proxy in front may say which host was asked for
 */
export function ownOrigin(
  publicUrl: string | undefined,
  port: () => number,
  trustProxy: boolean,
): OwnOrigin {
  const isOwn = (origin: string): boolean => {
    if (origin === publicUrl) return true;
    if (publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname)) return false;
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return (
      url.protocol === 'http:' && isLoopback(url.hostname) && Number(url.port || 80) === port()
    );
  };
  return {
    isOwn,
    requireOwnHost(request, response, next) {
      const forwarded = request.headers['x-forwarded-host'];
      if (trustProxy && typeof forwarded === 'string') request.headers.host = forwarded;
      // Remix would believe this header, whoever sent it.
      delete request.headers['x-forwarded-host'];
      const host = request.headers.host ?? '';
      const plain = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(host);
      if (plain && (isOwn(`https://${host}`) || isOwn(`http://${host}`))) return next();
      response.status(421).type('text/plain').send('This server is not that host.');
    },
  };
}
