import { EyeOff } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface HiddenWordsProps {
  /** In a grid, whose rows have the keyboard, it is for the pointer only. */
  isInGrid: boolean;
  children: ReactNode;
}

/** Stands for words until it is pressed. */
export function HiddenWords({ isInGrid, children }: HiddenWordsProps) {
  const { t } = useTranslation('account');
  const [isShown, setShown] = useState(false);
  const words = useRef<HTMLSpanElement>(null);
  // The button goes: what it showed has the focus then.
  useEffect(() => {
    if (isShown) words.current?.focus();
  }, [isShown]);
  if (isShown && isInGrid) return children;
  if (isShown) {
    return (
      <span ref={words} tabIndex={-1} className="outline-none">
        {children}
      </span>
    );
  }
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
      {t('exposure.show')}
    </button>
  );
}
