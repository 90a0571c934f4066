import { type ReactNode, Suspense } from 'react';
import { loadLater } from './load-later.ts';

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** `alertdialog` for questions that must be answered; those don't close on a press outside. */
  role?: 'dialog' | 'alertdialog';
  size?: 'small' | 'large';
  children: ReactNode;
}

const load = () => import('./dialog-body.tsx');
const DialogBody = loadLater(async () => (await load()).DialogBody);

/** Fetches the dialog's code before the press that needs it, which fetches it again if this fails. */
export function preloadDialog(): void {
  load().catch(() => {});
}

/** A modal dialog; on a phone a sheet from the bottom edge, at the thumb. */
export function Dialog(props: DialogProps) {
  if (!props.isOpen) return null;
  return (
    <Suspense fallback={null}>
      <DialogBody {...props} />
    </Suspense>
  );
}
