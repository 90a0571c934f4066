import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { RefusalWords } from '#app/components/ui/refusal.tsx';
import { type Refusal, refusalText } from './refusal-text.ts';

/** Why something about one's own account was refused, and the way on where there is one. */
export function Refused({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation('account');
  return (
    <RefusalWords>
      {refusalText(t, refusal)}{' '}
      {refusal.reason === 'reauthenticate' ? (
        <Link to="/confirm?to=/profile" className="font-semibold underline">
          {t('confirm.title')}
        </Link>
      ) : null}
    </RefusalWords>
  );
}
