import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { WEBHOOK_TYPES, type WebhookType } from '#app/domain/platform/view.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

/** Adds an address to be told of things, and shows the secret that signs, this once. */
export function MakeEndpointDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('platform');
  const { act, answer, isPending } = useAct();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<ReadonlySet<WebhookType>>(new Set(WEBHOOK_TYPES));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act({ makeEndpoint: { name, url, types: [...types] } });
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
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextField
          label={t('column.address')}
          description={t('hook.addressHelp')}
          type="url"
          dir="ltr"
          value={url}
          maxLength={500}
          required
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <CheckboxSet
          label={t('column.types')}
          values={WEBHOOK_TYPES}
          chosen={types}
          onChange={setTypes}
          words={(type) => t(`type.${type}`)}
        />
        <Refusal of="platform" answer={answer} />
        <FormFooter label={t('hooks.make')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
