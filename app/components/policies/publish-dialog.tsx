import { useFetcher, useNavigate } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '#app/components/ui/confirm-dialog.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { notifyDone } from '#app/components/ui/notices.ts';
import { keepUnfinished } from '#app/components/ui/unfinished.ts';
import {
  compareClauses,
  type PolicyAnswer,
  type PolicyDraft,
  type PolicyVersion,
} from '#app/domain/policies/view.ts';
import { formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { Refusal } from './refusal.tsx';

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
  const act = useFetcher<PolicyAnswer<{ version: number }>>();
  const [given, setGiven] = useState(reason);
  const version = (current?.version ?? 0) + 1;
  const done = t('publish.done', { version });
  useEffect(() => {
    // Not before the page has read anew what it shows.
    if (act.state !== 'idle' || !act.data?.ok) return;
    notifyDone(done);
    navigate('/policies');
  }, [act.state, act.data, done, navigate]);
  const changes = compareClauses(current?.clauses ?? [], draft.clauses);
  const told = (['added', 'changed', 'gone'] as const).filter((one) => changes[one].length > 0);
  const publish = (why: string) => {
    setGiven(why);
    const asked = { publish: { revision: draft.revision, reason: why } };
    act.submit(asked, { method: 'post', action: '/policies/act', encType: 'application/json' });
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
      isPending={act.state !== 'idle'}
      onConfirm={publish}
    >
      <ul className="grid gap-1 text-sm">
        {told.map((one) => (
          <li key={one}>
            {t(`publish.${one}`, { codes: formatList(locale, changes[one].map(isolate)) })}
          </li>
        ))}
        {told.length === 0 ? <li>{t('publish.order')}</li> : null}
      </ul>
      {act.state === 'idle' ? (
        <Refusal answer={act.data} onProve={() => keepUnfinished(PUBLISHING, { reason: given })} />
      ) : null}
    </ConfirmDialog>
  );
}
