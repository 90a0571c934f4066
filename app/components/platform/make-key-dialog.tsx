import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import { LONGEST_LIFE, SCOPES, type Scope } from '#app/domain/platform/view.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

/** Name under which a key to make waits for a fresh proof. */
export const MAKING = 'key';

/** A key as it is asked for, in the words typed. */
export interface AskedKey {
  name: string;
  scopes: readonly Scope[];
  days: string;
  calls: string;
}

/** What the dialog begins with. */
export const USUAL_KEY: AskedKey = { name: '', scopes: [], days: '365', calls: '' };

interface MakeKeyDialogProps {
  usualCalls: number;
  /** To begin with. */
  begun: AskedKey;
  onClose: () => void;
}

/** Makes a key, and shows its secret this once. */
export function MakeKeyDialog({ usualCalls, begun, onClose }: MakeKeyDialogProps) {
  const { t } = useTranslation('platform');
  const { act, answer, isPending } = useAct();
  const keepUnfinished = useKeepUnfinished();
  const [asked, setAsked] = useState(begun);
  const { name, scopes, days, calls } = asked;
  const ask = (more: Partial<AskedKey>) => setAsked({ ...asked, ...more });
  const numberOf = (text: string) => (text.trim() === '' ? null : Number(text));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = { name, scopes: [...scopes], days: numberOf(days) };
    void act({ makeKey: { ...key, callsPerMinute: numberOf(calls) } });
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
          onChange={(event) => ask({ name: event.currentTarget.value })}
        />
        <CheckboxSet
          label={t('column.scopes')}
          values={SCOPES}
          chosen={new Set(scopes)}
          onChange={(chosen) => ask({ scopes: [...chosen] })}
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
          onChange={(event) => ask({ days: event.currentTarget.value })}
        />
        <TextField
          label={t('key.calls')}
          description={t('key.callsHelp', { count: usualCalls })}
          type="number"
          inputMode="numeric"
          min={1}
          max={1_000_000}
          value={calls}
          onChange={(event) => ask({ calls: event.currentTarget.value })}
        />
        <Refusal of="platform" answer={answer} onProve={() => keepUnfinished(MAKING, asked)} />
        <FormFooter label={t('keys.make')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
