import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

interface FormFooterProps {
  /** What sending the form does. */
  label: string;
  isPending: boolean;
  onCancel: () => void;
}

/** The last line of a dialog's form: not doing it, and doing it. */
export function FormFooter({ label, isPending, onCancel }: FormFooterProps) {
  const { t } = useTranslation();
  return (
    <footer className="flex flex-wrap justify-end gap-2">
      <Button onPress={onCancel}>{t('cancel')}</Button>
      <Button type="submit" variant="primary" isPending={isPending}>
        {label}
      </Button>
    </footer>
  );
}
