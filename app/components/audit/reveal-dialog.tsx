import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { AuditEventView, ReadPurpose, ReadRefusal } from '#app/domain/audit/view.ts';
import { fieldName } from './field-names.ts';
import { PurposeFields } from './purpose-fields.tsx';
import { reveal } from './reveal.ts';

interface RevealDialogProps {
  event: AuditEventView;
  /** The field's name. */
  field: string;
  onClose: () => void;
  onRevealed: (values: ReadonlyMap<string, unknown>) => void;
}

/** Asks for a purpose, in words of consequence; the record comes first, the value after. */
export function RevealDialog(props: RevealDialogProps) {
  const { t } = useTranslation('log');
  return (
    <Dialog role="alertdialog" isOpen onClose={props.onClose} title={t('reveal.title')}>
      <RevealForm {...props} />
    </Dialog>
  );
}

function RevealForm({ event, field, onClose, onRevealed }: RevealDialogProps) {
  const { t } = useTranslation('log');
  const [isMissing, setMissing] = useState(false);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<ReadRefusal | null>(null);
  const submit = async (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget);
    const why = String(form.get('why') ?? '').trim();
    const caseRef = String(form.get('case') ?? '').trim();
    setMissing(why === '');
    if (why === '' || isPending) return;
    setPending(true);
    const answer = await reveal({
      event: event.id,
      fields: [field],
      purpose: form.get('purpose') as ReadPurpose,
      why,
      ...(caseRef !== '' && { case: caseRef }),
    });
    setPending(false);
    if (answer.ok) onRevealed(new Map(answer.values.map(({ name, value }) => [name, value])));
    else setRefusal(answer.reason);
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <p className="font-medium">{fieldName(t, 'field', field)}</p>
      <p className="text-sm">{t('reveal.consequence')}</p>
      <PurposeFields isMissing={isMissing} />
      <TextField
        label={t('purpose.case_ref')}
        name="case"
        maxLength={64}
        defaultValue={event.case ?? ''}
      />
      {refusal ? (
        <p role="alert" className="text-danger text-sm">
          {t(`refusal.${refusal}`)}
        </p>
      ) : null}
      <footer className="flex flex-wrap justify-end gap-2 max-sm:grid max-sm:grid-cols-1">
        <Button onPress={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('reveal.confirm')}
        </Button>
      </footer>
    </form>
  );
}
