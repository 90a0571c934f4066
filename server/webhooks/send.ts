import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, publicLookup } from './public-address.ts';

/** How one try ended. */
export type Sent =
  | { ok: true; status: number }
  /** `error`: a short code, never a text of the other side. */
  | { ok: false; status: number | null; error: string };

export interface SendOptions {
  /** Only https, only to the public internet. */
  strict: boolean;
  /** For the whole try, in milliseconds. */
  timeoutMs: number;
  /** How names are resolved where it is strict. */
  lookup?: LookupFunction;
}

/** What is wrong with an address, before anything is looked up; null when nothing is. */
export function flawOfUrl(text: string, strict: boolean): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'not_a_url';
  if (url.username !== '' || url.password !== '') return 'credentials_in_url';
  if (!strict) return null;
  if (url.protocol !== 'https:') return 'not_https';
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'private_address';
  return host === 'localhost' || host.endsWith('.localhost') ? 'private_address' : null;
}

/**
 * Posts a body once and waits for the head of the answer. Follows no redirect, keeps no connection,
 * reads nothing of what is answered. Never rejects.
 */
export function sendOnce(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { strict, timeoutMs, lookup = publicLookup() }: SendOptions,
): Promise<Sent> {
  const flaw = flawOfUrl(address, strict);
  if (flaw !== null) return Promise.resolve({ ok: false, status: null, error: flaw });
  const url = new URL(address);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'Rostrum webhooks',
        ...headers,
      },
      ...(strict && { lookup }),
    });
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      if (status >= 200 && status < 300) return resolve({ ok: true, status });
      const error = status >= 300 && status < 400 ? 'redirect' : `http_${status}`;
      resolve({ ok: false, status, error });
    });
    sent.on('error', (error) => resolve({ ok: false, status: null, error: codeOf(error) }));
    sent.end(body);
  });
}

function hostOf({ hostname }: URL): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function codeOf(error: Error): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,39}$/.test(code) ? code : 'error';
}
