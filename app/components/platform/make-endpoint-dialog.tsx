import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import { WEBHOOK_TYPES, type WebhookType } from '#app/domain/platform/view.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

/** Name under which a webhook to add waits for a fresh proof. */
export const ADDING = 'webhook';

/** A webhook as it is asked for. */
export interface AskedEndpoint {
  name: string;
  url: string;
  types: readonly WebhookType[];
}

/** What the dialog begins with. */
export const USUAL_ENDPOINT: AskedEndpoint = { name: '', url: '', types: WEBHOOK_TYPES };

interface MakeEndpointDialogProps {
  /** To begin with. */
  begun: AskedEndpoint;
  onClose: () => void;
}

/** Adds an address to be told of things, and shows the secret that signs, this once. */
export function MakeEndpointDialog({ begun, onClose }: MakeEndpointDialogProps) {
  const { t } = useTranslation('platform');
  const { act, answer, isPending } = useAct();
  const keepUnfinished = useKeepUnfinished();
  const [asked, setAsked] = useState(begun);
  const { name, url, types } = asked;
  const ask = (more: Partial<AskedEndpoint>) => setAsked({ ...asked, ...more });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act({ makeEndpoint: { ...asked, types: [...types] } });
  };
  if (answer?.ok && answer.secret) {
    return <SecretDialog secret={answer.secret} help={t('secret.signs')} onClose={onClose} />;
  }
  return (
    <Dialog isOpen onClose={onClose} title={t('hooks.make')}>
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label={t('column.name')}
          value={name}
          maxLength={60}
          required
          autoFocus
          onChange={(event) => ask({ name: event.currentTarget.value })}
        />
        <TextField
          label={t('column.address')}
          description={t('hook.addressHelp')}
          type="url"
          dir="ltr"
          value={url}
          maxLength={500}
          required
          onChange={(event) => ask({ url: event.currentTarget.value })}
        />
        <CheckboxSet
          label={t('column.types')}
          values={WEBHOOK_TYPES}
          chosen={new Set(types)}
          onChange={(chosen) => ask({ types: [...chosen] })}
          words={(type) => t(`type.${type}`)}
        />
        <Refusal of="platform" answer={answer} onProve={() => keepUnfinished(ADDING, asked)} />
        <FormFooter label={t('hooks.make')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
