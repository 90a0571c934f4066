import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { POLICY_REFUSALS, type PolicyAnswer } from '#app/domain/policies/view.ts';

interface RefusalProps {
  answer: PolicyAnswer | undefined;
  /** Called before leaving to prove who one is. */
  onProve?: () => void;
}

/** Why something was refused, in words, and the way on where there is one; nothing when it was not. */
export function Refusal({ answer, onProve }: RefusalProps) {
  const { t } = useTranslation('policies');
  if (!answer || answer.ok) return null;
  const reason = POLICY_REFUSALS.find((known) => known === answer.reason) ?? 'invalid';
  return (
    <p role="alert" className="text-danger text-sm">
      {t(`refusal.${reason}`)}{' '}
      {reason === 'reauthenticate' ? (
        <Link
          to="/confirm?to=/policies/draft"
          onClick={onProve}
          className="font-semibold underline"
        >
          {t('operators:prove')}
        </Link>
      ) : null}
    </p>
  );
}
