import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorAnswer } from '#app/domain/access/operators.ts';
import { useSending } from '#app/use-sending.ts';

/** Makes an account for someone, and the link by which they come in: shown once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('operators');
  const { send, answer, isPending } =
    useSending<OperatorAnswer<{ link: string }>>('/operators/act');
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<ReadonlySet<OperatorRole>>(new Set());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ invite: { name, roles: [...roles] } });
  };
  if (answer?.ok) {
    return (
      <Dialog isOpen onClose={onClose} title={t('invite.made')}>
        <p className="text-sm">{t('invite.once')}</p>
        <textarea
          readOnly
          aria-label={t('invite.link')}
          dir="ltr"
          rows={3}
          value={answer.link}
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
        <Refusal of="operators" answer={answer} />
        <FormFooter label={t('invite.confirm')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
