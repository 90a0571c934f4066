import { useTranslation } from 'react-i18next';
import { Select } from '#app/components/ui/select.tsx';
import { TextArea } from '#app/components/ui/text-area.tsx';
import { READ_PURPOSES } from '#app/domain/audit/view.ts';

/** Longest text of a purpose. */
export const LONGEST_WHY = 500;

/** Why someone wants to see what is sealed, or to take the log out of the console. */
export function PurposeFields({ isMissing = false }: { isMissing?: boolean }) {
  const { t } = useTranslation('log');
  return (
    <>
      <Select
        label={t('purpose.label')}
        name="purpose"
        choices={READ_PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
      />
      <TextArea
        label={t('purpose.why')}
        name="why"
        maxLength={LONGEST_WHY}
        required
        error={isMissing ? t('purpose.missing') : null}
      />
    </>
  );
}
