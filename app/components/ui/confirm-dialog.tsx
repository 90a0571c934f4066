import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextArea } from './text-area.tsx';

export interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, to whom and until when, in one sentence. */
  consequence: ReactNode;
  confirmLabel: string;
  variant?: 'primary' | 'danger-solid';
  /** The reason to begin with, ready to confirm or to change. */
  initialReason?: string;
  /** Reasons often given, to put in with one press. */
  suggestions?: readonly string[];
  isPending?: boolean;
  /** Why it was refused or failed; stays until the next attempt. */
  error?: string | null;
  /** Further fields, above the reason. */
  children?: ReactNode;
  onConfirm: (reason: string) => void;
}

export const LONGEST_REASON = 500;

/** Asks once, in words of consequence, and asks why: every action on people carries a reason. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog role="alertdialog" isOpen={props.isOpen} onClose={props.onClose} title={props.title}>
      <ReasonForm {...props} />
    </Dialog>
  );
}

function ReasonForm(props: ConfirmDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState(props.initialReason ?? '');
  const [isMissing, setMissing] = useState(false);
  const consequenceId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = reason.trim();
    setMissing(!given);
    if (given && !props.isPending) props.onConfirm(given);
  };
  return (
    <form onSubmit={submit} className="grid gap-4" aria-describedby={consequenceId} noValidate>
      <p id={consequenceId} className="text-sm">
        {props.consequence}
      </p>
      {props.children}
      {props.suggestions?.length ? (
        <div className="flex flex-wrap gap-1.5">
          {props.suggestions.map((suggestion) => (
            <Button key={suggestion} onPress={() => setReason(suggestion)} className="text-xs">
              {suggestion}
            </Button>
          ))}
        </div>
      ) : null}
      <TextArea
        label={t('reason.label')}
        description={t('reason.help')}
        error={isMissing ? t('reason.missing') : null}
        value={reason}
        maxLength={LONGEST_REASON}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
        autoFocus={!props.initialReason}
        required
      />
      {props.error ? (
        <p role="alert" className="text-sm text-danger">
          {props.error}
        </p>
      ) : null}
      <footer className="flex flex-wrap justify-end gap-2 max-sm:grid max-sm:grid-cols-1">
        <Button onPress={props.onClose}>{t('cancel')}</Button>
        <Button
          autoFocus={Boolean(props.initialReason)}
          type="submit"
          variant={props.variant ?? 'danger-solid'}
          isPending={props.isPending ?? false}
        >
          {props.confirmLabel}
        </Button>
      </footer>
    </form>
  );
}
