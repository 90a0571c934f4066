import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { chooseExposure } from '#app/exposure/exposure.server.ts';
import { localeCookie } from '#app/i18n/detect.server.ts';
import { isLocale } from '#app/i18n/locales.ts';
import { localPath } from '#app/local-path.ts';
import { themeCookie } from '#app/theme/theme.server.ts';
import { isTheme } from '#app/theme/theme.ts';

/**
 * Keeps the language, the appearance or the exposure someone chose in a cookie, and answers in JSON, or
 * with the page to go on at where a form names one as `from`. Unknown values are refused with 400.
 */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const [locale, theme] = [form.get('locale'), form.get('theme')];
  const headers = new Headers();
  const exposure = await chooseExposure(request, form);
  if (isLocale(locale)) headers.append('Set-Cookie', await localeCookie.serialize(locale));
  else if (isTheme(theme)) headers.append('Set-Cookie', await themeCookie.serialize(theme));
  else if (exposure !== null) headers.append('Set-Cookie', exposure);
  else return Response.json({ ok: false, reason: 'invalid' }, { status: 400 });
  if (!form.has('from')) return Response.json({ ok: true }, { headers });
  return redirect(localPath(form.get('from')), { headers });
}
