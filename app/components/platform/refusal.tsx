import { Link, useLocation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { PlatformRefusal } from '#app/domain/platform/view.ts';

/** Why something was refused, in words, and the way on where there is one; nothing when it was not. */
export function Refusal({ reason }: { reason: PlatformRefusal | null }) {
  const { t } = useTranslation('platform');
  const { pathname } = useLocation();
  if (reason === null) return null;
  return (
    <p role="alert" className="text-danger text-sm">
      {t(`refusal.${reason}`)}{' '}
      {reason === 'reauthenticate' ? (
        <Link to={`/confirm?to=${pathname}`} className="font-semibold underline">
          {t('account:confirm.title')}
        </Link>
      ) : null}
    </p>
  );
}
