import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { LONGEST_LIFE, SCOPES, type Scope } from '#app/domain/platform/view.ts';
import { Refusal } from './refusal.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

/** Makes a key, and shows its secret this once. */
export function MakeKeyDialog(props: { usualCalls: number; onClose: () => void }) {
  const { usualCalls, onClose } = props;
  const { t } = useTranslation('platform');
  const { act, answer, isPending, refusal } = useAct();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set());
  const [days, setDays] = useState('365');
  const [calls, setCalls] = useState('');
  const numberOf = (text: string) => (text.trim() === '' ? null : Number(text));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = { name, scopes: [...scopes], days: numberOf(days) };
    act({ makeKey: { ...asked, callsPerMinute: numberOf(calls) } });
  };
  if (answer?.ok && answer.secret) {
    return <SecretDialog secret={answer.secret} help={t('secret.once')} onClose={onClose} />;
  }
  return (
    <Dialog isOpen onClose={onClose} title={t('keys.make')}>
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label={t('column.name')}
          description={t('key.nameHelp')}
          value={name}
          maxLength={60}
          required
          autoFocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <CheckboxSet
          label={t('column.scopes')}
          values={SCOPES}
          chosen={scopes}
          onChange={setScopes}
          words={(scope) => t(`scope.${scope}`)}
        />
        <TextField
          label={t('key.days')}
          description={t('key.daysHelp')}
          type="number"
          inputMode="numeric"
          min={1}
          max={LONGEST_LIFE}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <TextField
          label={t('key.calls')}
          description={t('key.callsHelp', { count: usualCalls })}
          type="number"
          inputMode="numeric"
          min={1}
          max={1_000_000}
          value={calls}
          onChange={(event) => setCalls(event.currentTarget.value)}
        />
        <Refusal reason={refusal} />
        <FormFooter label={t('keys.make')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
