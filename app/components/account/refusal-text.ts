import type { TFunction } from 'i18next';
import type { Unsent } from '#app/ask-json.ts';
import type { AccountRefusal } from '#app/domain/access/account.ts';

/** What a form's answer says of a refusal. */
export interface Refusal {
  reason: AccountRefusal | Unsent['reason'];
  /** Seconds. */
  retryAfter?: number | undefined;
}

/** @returns a refusal in words, or null when there is none */
export function refusalText(t: TFunction<'account'>, refusal: Refusal | undefined): string | null {
  if (!refusal) return null;
  const { reason, retryAfter } = refusal;
  if (reason === 'unsent') return t('sending:unsent');
  return reason === 'limited'
    ? t('tooMany', { count: Math.max(1, retryAfter ?? 1) })
    : t(`refused.${reason}`);
}
