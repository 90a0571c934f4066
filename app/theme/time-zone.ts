/** Written by the browser, so that the server's first HTML already shows local times. */
const COOKIE = 'rostrum_tz';

/** Whether a string is an IANA time zone this machine knows. */
export function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** @returns the time zone the browser told earlier, or UTC. */
export function readTimeZone(request: Request): string {
  const cookies = request.headers.get('cookie') ?? '';
  const found = cookies.split(/;\s*/).find((pair) => pair.startsWith(`${COOKIE}=`));
  const value = decode(found?.slice(COOKIE.length + 1) ?? '');
  return value && isTimeZone(value) ? value : 'UTC';
}

/** Tells the server this device's time zone for the next page. */
export function rememberTimeZone(timeZone: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in two of three browsers
  document.cookie = `${COOKIE}=${encodeURIComponent(timeZone)};path=/;max-age=31536000;samesite=lax`;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
