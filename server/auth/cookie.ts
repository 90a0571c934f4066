import { isToken } from './token.ts';

/** The session cookie's name: over https the browser itself then insists on Secure and Path=/. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-rostrum' : 'rostrum';
}

/** @returns the session token of a Cookie header, or null */
export function readCookie(header: string | undefined, secure: boolean): string | null {
  const wanted = cookieName(secure);
  for (const pair of (header ?? '').split(';')) {
    const cut = pair.indexOf('=');
    if (cut < 0 || pair.slice(0, cut).trim() !== wanted) continue;
    const value = pair.slice(cut + 1).trim();
    return isToken(value) ? value : null;
  }
  return null;
}

/**
 * A Set-Cookie value. Lax, so that someone who follows a link to a room is still signed in; what
 * changes something is guarded by the origin check besides.
 * @param maxAge seconds; 0 clears the cookie
 */
export function writeCookie(token: string, maxAge: number, secure: boolean): string {
  const parts = [`${cookieName(secure)}=${token}`, 'Path=/', `Max-Age=${maxAge}`, 'HttpOnly'];
  return [...parts, 'SameSite=Lax', ...(secure ? ['Secure'] : [])].join('; ');
}
