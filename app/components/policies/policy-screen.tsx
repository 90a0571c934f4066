import { Link, useNavigate } from '@remix-run/react';
import { PencilLine } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Pill } from '#app/components/ui/pill.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import {
  compareClauses,
  type PoliciesPage,
  type PolicyVersion,
} from '#app/domain/policies/view.ts';
import { formatDateTime, formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { ClauseCard } from './clause-card.tsx';

interface PolicyScreenProps {
  page: PoliciesPage;
  /** Undefined before the first is published. */
  shown: PolicyVersion | undefined;
}

/** The policy in force, or an older version of it: what every silencing can rest on. */
export function PolicyScreen({ page: { versions, draft }, shown }: PolicyScreenProps) {
  const { t } = useTranslation('policies');
  const [current] = versions;
  return (
    <Page
      title={t('title')}
      facts={
        shown ? (
          <Pill tone={shown === current ? 'ok' : 'warning'}>
            {shown === current ? t('inForce') : t('older')}
          </Pill>
        ) : null
      }
    >
      <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-4 p-4">
        <div className="flex flex-wrap items-end justify-between gap-3">
          {shown ? <VersionChoice versions={versions} shown={shown} /> : <span />}
          {draft ? (
            <Link
              to="/policies/draft"
              className="target inline-flex items-center gap-2 rounded-lg border border-line bg-raised px-3 text-sm hover:border-control"
            >
              <PencilLine aria-hidden size={16} />
              {t('draft.open')}
            </Link>
          ) : null}
        </div>
        {shown ? (
          <Version shown={shown} before={versions[versions.indexOf(shown) + 1]} />
        ) : (
          <EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>
        )}
      </div>
    </Page>
  );
}

/** The address names no version. */
export function PolicyMissing() {
  const { t } = useTranslation('policies');
  return (
    <Page title={t('title')}>
      <EmptyState
        title={t('missing.title')}
        actions={
          <Link to="/policies" className="target inline-flex items-center text-accent underline">
            {t('missing.current')}
          </Link>
        }
      >
        {t('missing.help')}
      </EmptyState>
    </Page>
  );
}

function VersionChoice(props: { versions: readonly PolicyVersion[]; shown: PolicyVersion }) {
  const { t } = useTranslation('policies');
  const navigate = useNavigate();
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  return (
    <Select
      label={t('versions')}
      value={`${props.shown.version}`}
      onChange={(version) => navigate(`?version=${version}`, { replace: true })}
      choices={props.versions.map(({ version, publishedAt }) => ({
        value: `${version}`,
        label: t('versionOf', {
          version,
          time: isolate(formatDateTime(locale, publishedAt, timeZone)),
        }),
      }))}
    />
  );
}

interface VersionProps {
  shown: PolicyVersion;
  before: PolicyVersion | undefined;
}

function Version({ shown, before }: VersionProps) {
  const { t } = useTranslation('policies');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const { added, changed, gone } = compareClauses(before?.clauses ?? [], shown.clauses);
  const markOf = (code: string) =>
    before === undefined
      ? null
      : added.includes(code)
        ? t('mark.added')
        : changed.includes(code)
          ? t('mark.changed')
          : null;
  return (
    <section aria-label={t('version', { version: shown.version })} className="grid gap-4">
      <p className="text-muted text-sm">
        {t('published', {
          time: isolate(formatDateTime(locale, shown.publishedAt, timeZone)),
          name: shown.publishedBy === null ? t('server') : isolate(shown.publishedBy),
        })}
      </p>
      {shown.clauses.map((clause) => (
        <ClauseCard key={clause.code} clause={clause} mark={markOf(clause.code)} />
      ))}
      {gone.length > 0 ? (
        <p className="text-muted text-sm">
          {t('gone', { codes: formatList(locale, gone.map(isolate)) })}
        </p>
      ) : null}
    </section>
  );
}
