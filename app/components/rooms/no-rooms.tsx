import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';

/** No room is live, or none is as asked for. */
export function NoRooms(props: { isNarrowed: boolean; onShowAll: () => void }) {
  const { t } = useTranslation('rooms');
  if (!props.isNarrowed) return <EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>;
  return (
    <EmptyState
      title={t('noneFound.title')}
      actions={<Button onPress={props.onShowAll}>{t('noneFound.all')}</Button>}
    />
  );
}
