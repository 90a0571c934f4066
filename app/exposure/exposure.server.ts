import { createCookie } from '@remix-run/node';
import { type Exposure, exposureIn } from './exposure.ts';

const YEAR_IN_SECONDS = 31_536_000;

/** What someone chose in their profile; absent until they choose. */
const exposureCookie = createCookie('rostrum_exposure', {
  path: '/',
  sameSite: 'lax',
  httpOnly: true,
  maxAge: YEAR_IN_SECONDS,
});

/** @returns the settings of the request's browser; nothing is hidden until someone chooses. */
export async function readExposure(request: Request): Promise<Exposure> {
  return exposureIn(await exposureCookie.parse(request.headers.get('cookie')));
}

/**
 * Changes what a form names of them, `hidesWords` (`on`, `off`) or `breakAfter` (minutes).
 * @returns the Set-Cookie header value, or null when the form names neither
 */
export async function chooseExposure(request: Request, form: FormData): Promise<string | null> {
  const [hides, minutes] = [form.get('hidesWords'), form.get('breakAfter')];
  const said = {
    ...((hides === 'on' || hides === 'off') && { hidesWords: hides === 'on' }),
    ...(typeof minutes === 'string' && minutes !== '' && { breakAfter: Number(minutes) }),
  };
  if (Object.keys(said).length === 0) return null;
  return exposureCookie.serialize(exposureIn(said, await readExposure(request)));
}
