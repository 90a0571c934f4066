import { isRouteErrorResponse } from '@remix-run/react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import {
  EmptyState,
  ErrorState,
  ForbiddenState,
  OfflineState,
} from '#app/components/ui/states.tsx';

/** The page of last resort: what happened, in words, and a way on. Never a stack trace. */
export function ErrorScreen({ error }: { error: unknown }) {
  return (
    <main className="grid min-h-dvh content-center bg-canvas">
      <ErrorMessage error={error} />
    </main>
  );
}

/** The same inside a screen, for a route's own error boundary. */
export function ErrorMessage({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const isOffline = useIsOffline();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  const home = (
    <a href="/" className="target inline-flex items-center px-3 text-accent text-sm underline">
      {t('error.home')}
    </a>
  );
  const retry = (
    <Button variant="primary" onPress={() => window.location.reload()}>
      {t('retry')}
    </Button>
  );
  if (isOffline) {
    return (
      <OfflineState title={t('error.offline.title')} actions={retry}>
        {t('error.offline.help')}
      </OfflineState>
    );
  }
  if (status === 401) {
    return (
      <ForbiddenState title={t('error.signIn.title')}>{t('error.signIn.help')}</ForbiddenState>
    );
  }
  if (status === 403) {
    return (
      <ForbiddenState title={t('error.forbidden.title')} actions={home}>
        {t('error.forbidden.help')}
      </ForbiddenState>
    );
  }
  if (status === 404 || status === 405) {
    return (
      <EmptyState title={t('error.notFound.title')} actions={home}>
        {t('error.notFound.help')}
      </EmptyState>
    );
  }
  return (
    <ErrorState title={t('error.failed.title')} actions={retry}>
      {t('error.failed.help')}
    </ErrorState>
  );
}

function useIsOffline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('online', changed);
      window.addEventListener('offline', changed);
      return () => {
        window.removeEventListener('online', changed);
        window.removeEventListener('offline', changed);
      };
    },
    () => !navigator.onLine,
    () => false,
  );
}
