import { EyeOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

interface HiddenWordsProps {
  onShow: () => void;
  /** In a grid, whose rows have the keyboard, it is for the pointer only. */
  isInGrid: boolean;
}

/** Stands for words until it is pressed. */
export function HiddenWords({ onShow, isInGrid }: HiddenWordsProps) {
  const { t } = useTranslation('account');
  return (
    <button
      type="button"
      {...(isInGrid && { tabIndex: -1 })}
      onClick={(event) => {
        // Showing is not opening the row.
        event.stopPropagation();
        onShow();
      }}
      className="inline-flex items-center gap-1 rounded-md border border-line bg-raised px-2 py-0.5 text-muted text-xs hover:border-control"
    >
      <EyeOff aria-hidden size={14} />
      {t('exposure.show')}
    </button>
  );
}
