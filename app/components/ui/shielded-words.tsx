import { EyeOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useExposure } from '#app/exposure/exposure.ts';

interface ShieldedWordsProps {
  children: ReactNode;
  /** In a grid, whose rows have the keyboard, it is for the pointer only. */
  isInGrid?: boolean;
}

/** What people said or did, in somebody's words; hidden until pressed for those who chose so. */
export function ShieldedWords({ children, isInGrid = false }: ShieldedWordsProps) {
  const { t } = useTranslation();
  const { hidesWords } = useExposure();
  const [isShown, setShown] = useState(false);
  if (!hidesWords || isShown) return <>{children}</>;
  return (
    <button
      type="button"
      {...(isInGrid && { tabIndex: -1 })}
      onClick={(event) => {
        // Showing is not opening the row.
        event.stopPropagation();
        setShown(true);
      }}
      className="inline-flex items-center gap-1 rounded-md border border-line bg-raised px-2 py-0.5 text-muted text-xs hover:border-control"
    >
      <EyeOff aria-hidden size={14} />
      {t('words.show')}
    </button>
  );
}
