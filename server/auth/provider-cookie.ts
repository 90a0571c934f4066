import { cookieName } from './cookie.ts';

/** Keeps what a sign-in at the provider was begun with, sealed, until the browser is sent back. */
export function writeProviderCookie(sealed: string, maxAge: number, secure: boolean): string {
  const parts = [`${nameOf(secure)}=${sealed}`, 'Path=/', `Max-Age=${maxAge}`, 'HttpOnly'];
  return [...parts, 'SameSite=Lax', ...(secure ? ['Secure'] : [])].join('; ');
}

/** @returns what `writeProviderCookie` kept, or null */
export function readProviderCookie(header: string | undefined, secure: boolean): string | null {
  const begins = `${nameOf(secure)}=`;
  const found = (header ?? '').split(';').find((pair) => pair.trim().startsWith(begins));
  return found?.trim().slice(begins.length) ?? null;
}

function nameOf(secure: boolean): string {
  return `${cookieName(secure)}-provider`;
}
