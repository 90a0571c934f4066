import { Link, useLocation } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { PlatformRefusal } from '#app/domain/platform/view.ts';

interface RefusalProps {
  reason: PlatformRefusal | null;
  /** Called before leaving to prove who one is. */
  onProve?: () => void;
}

/** Why something was refused, in words, and the way on where there is one; nothing when it was not. */
export function Refusal({ reason, onProve }: RefusalProps) {
  const { t } = useTranslation('platform');
  const { pathname } = useLocation();
  if (reason === null) return null;
  return (
    <p role="alert" className="text-danger text-sm">
      {t(`refusal.${reason}`)}{' '}
      {reason === 'reauthenticate' ? (
        <Link to={`/confirm?to=${pathname}`} onClick={onProve} className="font-semibold underline">
          {t('account:confirm.title')}
        </Link>
      ) : null}
    </p>
  );
}
