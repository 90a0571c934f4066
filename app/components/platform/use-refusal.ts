import { useTranslation } from 'react-i18next';
import type { PlatformRefusal } from '#app/domain/platform/view.ts';

/** @returns why something was refused, in words; null when it was not */
export function useRefusal(answer: { ok: boolean; reason?: PlatformRefusal } | undefined) {
  const { t } = useTranslation('platform');
  return !answer || answer.ok || !answer.reason ? null : t(`refusal.${answer.reason}`);
}
