import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { OPERATOR_REFUSALS, type OperatorAnswer } from '#app/domain/access/operators.ts';

interface RefusalProps {
  answer: OperatorAnswer | undefined;
  /** Called before leaving to prove who one is. */
  onProve?: () => void;
}

/** Why something was refused, in words, and the way on where there is one; nothing when it was not. */
export function Refusal({ answer, onProve }: RefusalProps) {
  const { t } = useTranslation('operators');
  if (!answer || answer.ok) return null;
  const reason = OPERATOR_REFUSALS.find((known) => known === answer.reason) ?? 'invalid';
  return (
    <span role="alert" className="block text-danger text-sm">
      {t(`refusal.${reason}`)}{' '}
      {reason === 'reauthenticate' ? (
        <Link to="/confirm?to=/operators" onClick={onProve} className="font-semibold underline">
          {t('prove')}
        </Link>
      ) : null}
    </span>
  );
}
