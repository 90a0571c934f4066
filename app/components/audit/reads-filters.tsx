import { Form, Link, useSubmit } from '@remix-run/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { READ_PURPOSES, type ReadsQuery } from '#app/domain/audit/view.ts';
import { filledIn } from './filled-in.ts';
import { toLocalField } from './local-time.ts';
import { MoreFilters } from './more-filters.tsx';
import { useShownValues } from './use-shown-values.ts';

const MORE = ['actor', 'subject', 'from', 'to'] as const;

/** What to narrow the log of reads to; kept in the address. */
export function ReadsFilters({ query, isPending }: { query: ReadsQuery; isPending: boolean }) {
  const { t } = useTranslation('log');
  const timeZone = useTimeZone();
  const form = useRef<HTMLFormElement>(null);
  const submit = useSubmit();
  const apply = () =>
    form.current && submit(filledIn(new FormData(form.current)), { action: '/log/reads' });
  const { before: _, ...filters } = query;
  useShownValues(form, {
    actor: query.actor ?? '',
    subject: query.subject ?? '',
    purpose: query.purpose ?? '',
    released: query.released ?? '',
    from: toLocalField(query.from, timeZone),
    to: toLocalField(query.to, timeZone),
  });
  const time = (name: 'from' | 'to') => (
    <TextField
      label={t(`filter.${name}`)}
      name={name}
      type="datetime-local"
      dir="ltr"
      defaultValue={toLocalField(query[name], timeZone)}
    />
  );
  return (
    <Form
      ref={form}
      action="/log/reads"
      aria-label={t('filter.label')}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
      className="grid gap-2 border-line border-b bg-surface p-2"
    >
      <div className="grid grid-cols-2 items-end gap-2 *:min-w-0 sm:flex sm:flex-wrap">
        <div className="sm:w-60">
          <Select
            label={t('purpose.label')}
            name="purpose"
            defaultValue={query.purpose ?? ''}
            choices={[
              { value: '', label: t('reads.anyPurpose') },
              ...READ_PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) })),
            ]}
            onChange={apply}
          />
        </div>
        <div className="sm:w-44">
          <Select
            label={t('reads.shown')}
            name="released"
            defaultValue={query.released ?? ''}
            choices={[
              { value: '', label: t('reads.anyAnswer') },
              { value: 'yes', label: t('reads.shown') },
              { value: 'no', label: t('reads.notReleased') },
            ]}
            onChange={apply}
          />
        </div>
        <div className="flex gap-2 max-sm:col-span-2">
          <Button type="submit" variant="primary" isPending={isPending}>
            {t('filter.apply')}
          </Button>
          {Object.keys(filters).length > 0 ? (
            <Link
              to="/log/reads"
              className="target inline-flex items-center px-2 text-accent underline"
            >
              {t('filter.clear')}
            </Link>
          ) : null}
        </div>
      </div>
      <MoreFilters set={MORE.filter((name) => query[name] !== undefined).length}>
        <TextField
          label={t('filter.actor')}
          name="actor"
          defaultValue={query.actor ?? ''}
          maxLength={200}
        />
        <TextField
          label={t('filter.subject')}
          name="subject"
          defaultValue={query.subject ?? ''}
          maxLength={200}
        />
        {time('from')}
        {time('to')}
      </MoreFilters>
    </Form>
  );
}
