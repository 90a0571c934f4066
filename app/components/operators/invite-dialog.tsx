import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { CheckboxSet } from '#app/components/ui/checkbox-set.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { FormFooter } from '#app/components/ui/form-footer.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorAnswer } from '#app/domain/access/operators.ts';
import { useSending } from '#app/use-sending.ts';

/** Name under which an invitation waits for a fresh proof. */
export const INVITING = 'invitation';

/** Whom somebody wants to invite. */
export interface AskedOperator {
  name: string;
  roles: readonly OperatorRole[];
}

/** What the dialog begins with. */
export const NOBODY_YET: AskedOperator = { name: '', roles: [] };

interface InviteDialogProps {
  /** To begin with. */
  begun: AskedOperator;
  onClose: () => void;
}

/** Makes an account for someone, and the link by which they come in: shown once. */
export function InviteDialog({ begun, onClose }: InviteDialogProps) {
  const { t } = useTranslation('operators');
  const { send, answer, isPending } =
    useSending<OperatorAnswer<{ link: string }>>('/operators/act');
  const keepUnfinished = useKeepUnfinished();
  const [asked, setAsked] = useState(begun);
  const { name, roles } = asked;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ invite: asked });
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
          onChange={(event) => setAsked({ ...asked, name: event.currentTarget.value })}
        />
        <CheckboxSet
          label={t('column.roles')}
          values={OPERATOR_ROLES}
          chosen={new Set(roles)}
          onChange={(chosen) => setAsked({ ...asked, roles: [...chosen] })}
          words={(role) => (
            <>
              <span className="block">{t(`words:operator.${role}`)}</span>
              <span className="block text-muted text-xs">{t(`roleHelp.${role}`)}</span>
            </>
          )}
        />
        <Refusal of="operators" answer={answer} onProve={() => keepUnfinished(INVITING, asked)} />
        <FormFooter label={t('invite.confirm')} isPending={isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
