import type { IncomingHttpHeaders } from 'node:http';

/**
 * The client's address: the connection's own, or the one that the given number of trusted proxies
 * passed on. Only ever turned into a keyed cohort; never kept, never logged.
 * @param hops proxies in front of this server; 0 trusts no header
 */
export function addressOf(
  headers: IncomingHttpHeaders,
  remote: string | undefined,
  hops: number,
): string {
  if (hops > 0) {
    const header = headers['x-forwarded-for'];
    const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    const named = chain.at(-hops)?.trim();
    if (named) return named;
  }
  return remote ?? '';
}

const FORGOTTEN = Object.freeze({ headers: {}, auth: {}, address: '' });

/**
 * Forgets what a socket was opened with. Socket.IO's adapter would send it to the other processes,
 * and so write addresses and session cookies into Redis.
 */
export function forgetHandshake(socket: { readonly handshake: unknown }): void {
  (socket as { handshake: unknown }).handshake = FORGOTTEN;
}

/**
 * Whether a browser may open a console from this page: one of our own, or of an allowed origin.
 * A request without `Origin` is not another site's script.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
