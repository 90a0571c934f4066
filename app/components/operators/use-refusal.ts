import { useTranslation } from 'react-i18next';
import { OPERATOR_REFUSALS, type OperatorAnswer } from '#app/domain/access/operators.ts';

/** @returns why something was refused, in words; null when it was not. */
export function useRefusal(answer: OperatorAnswer | { ok: false; reason: string } | undefined) {
  const { t } = useTranslation('operators');
  if (!answer || answer.ok) return null;
  const reason = OPERATOR_REFUSALS.find((known) => known === answer.reason) ?? 'invalid';
  return t(`refusal.${reason}`);
}
