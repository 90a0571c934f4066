import { createCookie } from '@remix-run/node';
import { isTheme, type Theme } from './theme.ts';

const YEAR_IN_SECONDS = 31_536_000;

/** The appearance someone chose in the shell; absent while the device decides. */
export const themeCookie = createCookie('rostrum_theme', {
  path: '/',
  sameSite: 'lax',
  httpOnly: true,
  maxAge: YEAR_IN_SECONDS,
});

/** @returns the chosen appearance; `system` when nothing valid was chosen. */
export async function readTheme(request: Request): Promise<Theme> {
  const value: unknown = await themeCookie.parse(request.headers.get('cookie'));
  return isTheme(value) ? value : 'system';
}
