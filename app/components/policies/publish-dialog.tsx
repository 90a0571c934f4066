import { useNavigate } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '#app/components/ui/confirm-dialog.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { notifyDone } from '#app/components/ui/notices.ts';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import {
  compareClauses,
  type PolicyAnswer,
  type PolicyDraft,
  type PolicyVersion,
} from '#app/domain/policies/view.ts';
import { formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useSending } from '#app/use-sending.ts';

/** Name under which a publication waits for a fresh proof, with its reason. */
export const PUBLISHING = 'policy';

interface PublishDialogProps {
  draft: PolicyDraft;
  current: PolicyVersion | null;
  /** What was given before, when this is taken up again. */
  reason: string;
  onClose: () => void;
}

/** Says what the next version changes, and publishes it. */
export function PublishDialog({ draft, current, reason, onClose }: PublishDialogProps) {
  const { t } = useTranslation('policies');
  const locale = useLocale();
  const navigate = useNavigate();
  const { send, answer, isPending } =
    useSending<PolicyAnswer<{ version: number }>>('/policies/act');
  const [given, setGiven] = useState(reason);
  const keepUnfinished = useKeepUnfinished();
  const version = (current?.version ?? 0) + 1;
  const changes = compareClauses(current?.clauses ?? [], draft.clauses);
  const told = (['added', 'changed', 'gone'] as const).filter((one) => changes[one].length > 0);
  const publish = async (why: string) => {
    setGiven(why);
    const published = await send({ publish: { revision: draft.revision, reason: why } });
    if (!published?.ok) return;
    notifyDone(t('publish.done', { version }));
    navigate('/policies');
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('publish.title', { version })}
      consequence={t('publish.consequence')}
      confirmLabel={t('publish.confirm', { version })}
      variant="primary"
      initialReason={reason}
      isPending={isPending}
      onConfirm={(why) => void publish(why)}
    >
      <ul className="grid gap-1 text-sm">
        {told.map((one) => (
          <li key={one}>
            {t(`publish.${one}`, { codes: formatList(locale, changes[one].map(isolate)) })}
          </li>
        ))}
        {told.length === 0 ? <li>{t('publish.order')}</li> : null}
      </ul>
      <Refusal
        of="policies"
        answer={answer}
        onProve={() => keepUnfinished(PUBLISHING, { reason: given })}
      />
    </ConfirmDialog>
  );
}
