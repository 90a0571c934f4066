import { Outlet, useLocation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from '#app/components/ui/states.tsx';
import { useWordsOf } from '#app/i18n/late-words.ts';

/** The page of the address, as soon as its words are there. */
export function SpokenPage() {
  const { t } = useTranslation();
  const isSpoken = useWordsOf(useLocation().pathname);
  if (isSpoken) return <Outlet />;
  return (
    <main aria-busy aria-label={t('loading')} className="grid gap-3 p-4">
      <Skeleton className="h-8 w-60" />
      <Skeleton className="h-80 w-full" />
    </main>
  );
}
