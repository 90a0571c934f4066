import { Form, Link, useSubmit } from '@remix-run/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { AuditQuery } from '#app/domain/audit/view.ts';
import { actionChoices } from './action-choices.ts';
import { isNarrowed } from './audit-query.ts';

/** What to narrow the log to; kept in the address, and it works before any script has loaded. */
export function AuditFilters({ query, isPending }: { query: AuditQuery; isPending: boolean }) {
  const { t } = useTranslation('log');
  const form = useRef<HTMLFormElement>(null);
  const submit = useSubmit();
  // Past the browser's own submit: empty fields stay out of the address.
  const apply = () =>
    form.current && submit(filled(new FormData(form.current)), { action: '/log' });
  return (
    <Form
      ref={form}
      action="/log"
      // Another address means other values, whoever changed it.
      key={JSON.stringify(query)}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
      className="grid grid-cols-2 items-end gap-2 border-line border-b bg-surface p-2 sm:flex sm:flex-wrap"
    >
      <div className="max-sm:col-span-2 sm:w-64">
        <Select
          label={t('column.action')}
          name="action"
          defaultValue={query.action ?? ''}
          choices={actionChoices(t, query.action)}
          onChange={apply}
        />
      </div>
      <div className="sm:w-40">
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
      <div className="sm:w-56">
        <TextField
          label={t('filter.actor')}
          name="actor"
          defaultValue={query.actor ?? ''}
          maxLength={200}
        />
      </div>
      <div className="max-sm:col-span-2 sm:w-48">
        <TextField
          label={t('filter.room')}
          name="room"
          defaultValue={query.room ?? ''}
          maxLength={64}
        />
      </div>
      <div className="flex gap-2 max-sm:col-span-2">
        <Button type="submit" isPending={isPending}>
          {t('filter.apply')}
        </Button>
        {isNarrowed(query) ? (
          <Link to="/log" className="target inline-flex items-center px-2 text-accent underline">
            {t('filter.clear')}
          </Link>
        ) : null}
      </div>
    </Form>
  );
}

function filled(data: FormData): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of data) {
    if (typeof value === 'string' && value.trim() !== '') params.set(name, value.trim());
  }
  return params;
}
