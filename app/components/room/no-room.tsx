import { useTranslation } from 'react-i18next';
import { EmptyState, ForbiddenState } from '#app/components/ui/states.tsx';
import type { Refusal } from '#app/domain/rooms/reasons.ts';

/** In place of a room that may not, or no longer, be watched. */
export function NoRoom({ reason }: { reason: Refusal }) {
  const { t } = useTranslation('room');
  const home = (
    <a href="/" className="target inline-flex items-center px-3 text-accent underline">
      {t('common:error.home')}
    </a>
  );
  if (reason === 'room_not_found' || reason === 'room_ended') {
    return (
      <EmptyState title={t(`reasons:${reason}`)} actions={home}>
        {t('gone.help')}
      </EmptyState>
    );
  }
  return (
    <ForbiddenState title={t('revoked.title')} actions={home}>
      {t('revoked.help')}
    </ForbiddenState>
  );
}
