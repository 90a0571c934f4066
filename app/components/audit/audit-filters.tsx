import { Form, Link, useSubmit } from '@remix-run/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { useShortcut } from '#app/components/ui/shortcuts.ts';
import { TextField } from '#app/components/ui/text-field.tsx';
import { actionChoices } from './action-choices.ts';
import { isNarrowed, type LogAddress, pathOf } from './audit-query.ts';
import { filledIn } from './filled-in.ts';
import { toLocalField } from './local-time.ts';
import { MoreFilters } from './more-filters.tsx';
import { useShownValues } from './use-shown-values.ts';

/** Given by links from an event's page; shown only while they narrow. */
const KIN = ['reverses', 'parent'] as const;
const MORE = ['actor', 'subject', 'room', 'case', ...KIN, 'from', 'to'] as const;

/** What to narrow the log to; kept in the address, and it works before any script has loaded. */
export function AuditFilters({ query, isPending }: { query: LogAddress; isPending: boolean }) {
  const { t } = useTranslation('log');
  const form = useRef<HTMLFormElement>(null);
  const submit = useSubmit();
  const timeZone = useTimeZone();
  useShownValues(form, valuesOf(query, timeZone));
  // Past the browser's own submit: empty fields stay out of the address.
  const apply = () =>
    form.current && submit(filledIn(new FormData(form.current)), { action: '/log' });
  useShortcut('/', t('filter.words'), () =>
    form.current?.querySelector<HTMLInputElement>('[name=words]')?.focus(),
  );
  return (
    <Form
      ref={form}
      action="/log"
      aria-label={t('filter.label')}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
      className="grid gap-2 border-line border-b bg-surface p-2"
    >
      {query.hide === undefined ? null : <input type="hidden" name="hide" value={query.hide} />}
      <div className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
        <div className="max-sm:col-span-2 sm:w-56 sm:grow">
          <TextField
            label={t('filter.words')}
            name="words"
            type="search"
            defaultValue={query.words ?? ''}
            maxLength={200}
          />
        </div>
        <div className="sm:w-60">
          <Select
            label={t('column.action')}
            name="action"
            defaultValue={query.action ?? ''}
            choices={actionChoices(t, query.action)}
            onChange={apply}
          />
        </div>
        <div className="sm:w-36">
          <Select
            label={t('column.outcome')}
            name="outcome"
            defaultValue={query.outcome ?? ''}
            choices={[
              { value: '', label: t('filter.anyOutcome') },
              { value: 'accepted', label: t('outcome.accepted') },
              { value: 'refused', label: t('outcome.refused') },
            ]}
            onChange={apply}
          />
        </div>
        <div className="flex gap-2 max-sm:col-span-2">
          <Button type="submit" isPending={isPending} variant="primary">
            {t('filter.apply')}
          </Button>
          {isNarrowed(query) ? (
            <Link
              to={pathOf(query.hide === undefined ? {} : { hide: query.hide })}
              className="target inline-flex items-center px-2 text-accent underline"
            >
              {t('filter.clear')}
            </Link>
          ) : null}
        </div>
      </div>
      <Others query={query} />
    </Form>
  );
}

const TEXTS = ['words', 'action', 'outcome', 'actor', 'subject', 'room', 'case', ...KIN] as const;

function valuesOf(query: LogAddress, timeZone: string): Record<string, string> {
  return {
    ...Object.fromEntries(TEXTS.map((name) => [name, query[name] ?? ''])),
    from: toLocalField(query.from, timeZone),
    to: toLocalField(query.to, timeZone),
  };
}

/** The others, behind a press. */
function Others({ query }: { query: LogAddress }) {
  const { t } = useTranslation('log');
  const timeZone = useTimeZone();
  const text = (name: Exclude<(typeof MORE)[number], 'from' | 'to'>, maxLength: number) => (
    <TextField
      key={name}
      label={t(`filter.${name}`)}
      name={name}
      defaultValue={query[name] ?? ''}
      maxLength={maxLength}
    />
  );
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
    <MoreFilters set={MORE.filter((name) => query[name] !== undefined).length}>
      {text('actor', 200)}
      {text('subject', 200)}
      {text('room', 64)}
      {text('case', 64)}
      {KIN.filter((name) => query[name] !== undefined).map((name) => text(name, 36))}
      {time('from')}
      {time('to')}
    </MoreFilters>
  );
}
