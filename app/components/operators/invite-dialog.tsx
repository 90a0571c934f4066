import { useFetcher } from '@remix-run/react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorAnswer } from '#app/domain/access/operators.ts';
import { Refusal } from './refusal.tsx';

/** Makes an account for someone, and the link by which they come in: shown once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('operators');
  const invite = useFetcher<OperatorAnswer<{ link: string }>>();
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<ReadonlySet<OperatorRole>>(new Set());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (invite.state !== 'idle') return;
    invite.submit(
      { invite: { name, roles: [...roles] } },
      { method: 'post', action: '/operators/act', encType: 'application/json' },
    );
  };
  if (invite.data?.ok) {
    return (
      <Dialog isOpen onClose={onClose} title={t('invite.made')}>
        <p className="text-sm">{t('invite.once')}</p>
        <textarea
          readOnly
          aria-label={t('invite.link')}
          dir="ltr"
          rows={3}
          value={invite.data.link}
          onFocus={(event) => event.currentTarget.select()}
          className="w-full resize-none rounded-lg border border-control bg-raised p-2 font-mono text-xs"
        />
        <footer className="flex justify-end">
          <Button variant="primary" onPress={onClose}>
            {t('common:close')}
          </Button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog isOpen onClose={onClose} title={t('invite.title')}>
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label={t('column.name')}
          description={t('invite.nameHelp')}
          value={name}
          maxLength={128}
          required
          autoFocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <CheckboxSet
          label={t('column.roles')}
          values={OPERATOR_ROLES}
          chosen={roles}
          onChange={setRoles}
          words={(role) => (
            <>
              <span className="block">{t(`role.${role}`)}</span>
              <span className="block text-muted text-xs">{t(`roleHelp.${role}`)}</span>
            </>
          )}
        />
        {invite.state === 'idle' ? <Refusal answer={invite.data} /> : null}
        <FormFooter
          label={t('invite.confirm')}
          isPending={invite.state !== 'idle'}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
