import { useFetcher } from '@remix-run/react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
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
  const toggle = (role: OperatorRole, on: boolean) =>
    setRoles(new Set(OPERATOR_ROLES.filter((one) => (one === role ? on : roles.has(one)))));
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
        <fieldset className="grid gap-1">
          <legend className="font-medium text-muted text-xs">{t('column.roles')}</legend>
          {OPERATOR_ROLES.map((role) => (
            <Checkbox key={role} checked={roles.has(role)} onChange={(on) => toggle(role, on)}>
              <span className="block">{t(`role.${role}`)}</span>
              <span className="block text-muted text-xs">{t(`roleHelp.${role}`)}</span>
            </Checkbox>
          ))}
        </fieldset>
        {invite.state === 'idle' ? <Refusal answer={invite.data} /> : null}
        <footer className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t('common:cancel')}</Button>
          <Button type="submit" variant="primary" isPending={invite.state !== 'idle'}>
            {t('invite.confirm')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
