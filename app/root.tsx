import type { LinksFunction, LoaderFunctionArgs } from '@remix-run/node';
import {
  Links,
  Scripts,
  ScrollRestoration,
  type ShouldRevalidateFunctionArgs,
  useLoaderData,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import { type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { AppProviders } from './components/shell/app-providers.tsx';
import { ErrorScreen } from './components/shell/error-screen.tsx';
import { Faces } from './components/shell/faces.tsx';
import { PageTitle } from './components/shell/page-title.tsx';
import { Shell } from './components/shell/shell.tsx';
import { SpokenPage } from './components/shell/spoken-page.tsx';
import { readExposure } from './exposure/exposure.server.ts';
import { directionOf } from './i18n/locales.ts';
import { useLocale } from './i18n/use-locale.ts';
import { NonceContext } from './nonce.ts';
import './styles/app.css';
import { readTheme } from './theme/theme.server.ts';
import { readTimeZone } from './theme/time-zone.ts';

export const links: LinksFunction = () => [
  { rel: 'manifest', href: '/manifest.webmanifest' },
  { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' },
  { rel: 'apple-touch-icon', href: '/icon-192.png' },
];

/** What every page needs: who is looking, their appearance, time zone and the time of rendering. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  return {
    viewer: context.viewer,
    theme: await readTheme(request),
    exposure: await readExposure(request),
    timeZone: readTimeZone(request),
    now: Date.now(),
  };
}

/** Who is looking changes by what they send: signing in or out, a preference; not by going on. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  const { formMethod = 'GET', currentUrl, nextUrl } = asked;
  return formMethod !== 'GET' || currentUrl.href === nextUrl.href;
}

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useContext(NonceContext);
  const locale = useLocale();
  const { t } = useTranslation();
  const theme = useRouteLoaderData<typeof loader>('root')?.theme ?? 'system';
  return (
    <html
      lang={locale}
      dir={directionOf(locale)}
      data-theme={theme === 'system' ? undefined : theme}
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" content="#f4f5f8" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0f1115" media="(prefers-color-scheme: dark)" />
        <meta name="description" content={t('app.description')} />
        <meta property="csp-nonce" nonce={nonce} suppressHydrationWarning />
        <PageTitle />
        <Links />
      </head>
      <body className="bg-canvas text-text">
        {children}
        <Faces />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  const { viewer, theme, exposure, timeZone, now } = useLoaderData<typeof loader>();
  return (
    <AppProviders timeZone={timeZone} now={now}>
      {viewer ? (
        <Shell viewer={viewer} theme={theme} breakAfter={exposure.breakAfter}>
          <SpokenPage />
        </Shell>
      ) : (
        <SpokenPage />
      )}
    </AppProviders>
  );
}

export function ErrorBoundary() {
  return <ErrorScreen error={useRouteError()} />;
}
