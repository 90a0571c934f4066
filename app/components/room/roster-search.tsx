import { useTranslation } from 'react-i18next';
import { SearchField } from '#app/components/ui/search-field.tsx';

interface RosterSearchProps {
  query: string;
  onChange: (query: string) => void;
  /** Before the search field takes the focus: shows the roster where it is behind a tab. */
  onReach: () => void;
}

/** Finds people by any part of name or handle, in any script. */
export function RosterSearch(props: RosterSearchProps) {
  const { t } = useTranslation('room');
  return <SearchField label={t('roster.find')} {...props} />;
}
