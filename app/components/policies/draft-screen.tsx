import { Link } from '@remix-run/react';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { useUnfinished } from '#app/components/ui/unfinished.ts';
import { type PolicyDraft, type PolicyVersion, sameClauses } from '#app/domain/policies/view.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { ClauseList } from './clause-list.tsx';
import { PUBLISHING, PublishDialog } from './publish-dialog.tsx';
import { useDraft } from './use-draft.ts';

interface DraftScreenProps {
  draft: PolicyDraft;
  current: PolicyVersion | null;
}

/** The next version, to write and to publish. */
export function DraftScreen({ draft, current }: DraftScreenProps) {
  const { t } = useTranslation('policies');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const writing = useDraft(draft);
  const { clauses, save, answer, isSaved, isSaving } = writing;
  const [publishing, setPublishing] = useState<{ reason: string } | null>(null);
  useUnfinished<{ reason: string }>(PUBLISHING, setPublishing);
  const inForce = current?.clauses ?? [];
  const isNew = !sameClauses(draft.clauses, inForce);
  return (
    <Page title={t('draft.title')} facts={<Back />}>
      <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-4 p-4">
        <p className="text-muted text-sm">{t('draft.help')}</p>
        {clauses.length === 0 ? <p className="text-sm">{t('draft.empty')}</p> : null}
        <ClauseList writing={writing} inForce={inForce} />
        <footer
          data-foot
          className="sticky bottom-0 grid gap-2 border-line border-t bg-canvas py-3 max-sm:bottom-[calc(3rem+1px+env(safe-area-inset-bottom))]"
        >
          <Refusal of="policies" answer={answer} />
          <div className="flex flex-wrap items-center justify-end gap-2">
            <p role="status" className="min-w-0 grow text-muted text-xs">
              {!isSaved
                ? t('draft.unsaved')
                : draft.savedAt === null
                  ? t('draft.untouched')
                  : t('draft.saved', {
                      time: isolate(formatDateTime(locale, draft.savedAt, timeZone)),
                      name: draft.savedBy === null ? t('server') : isolate(draft.savedBy),
                    })}
            </p>
            <Button onPress={() => void save()} isPending={isSaving} isDisabled={isSaved}>
              {t('draft.save')}
            </Button>
            <Button
              variant="primary"
              isDisabled={!isSaved || !isNew || clauses.length === 0}
              onPress={() => setPublishing({ reason: '' })}
            >
              {t('publish.open')}
            </Button>
          </div>
        </footer>
      </div>
      {publishing ? (
        <PublishDialog
          draft={draft}
          current={current}
          reason={publishing.reason}
          onClose={() => setPublishing(null)}
        />
      ) : null}
    </Page>
  );
}

function Back() {
  const { t } = useTranslation('policies');
  return (
    <Link to="/policies" className="target inline-flex items-center gap-1 text-accent underline">
      <ArrowLeft aria-hidden size={16} className="rtl:-scale-x-100" />
      {t('title')}
    </Link>
  );
}
