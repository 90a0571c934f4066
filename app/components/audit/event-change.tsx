import { useTranslation } from 'react-i18next';
import { Panel } from '#app/components/ui/panel.tsx';
import type { AuditFieldView } from '#app/domain/audit/view.ts';
import { changesIn } from './changes-in.ts';
import { fieldName } from './field-names.ts';
import { FieldValue } from './field-value.tsx';

/** What was so before and after, side by side; nothing when the event changed nothing. */
export function EventChange({ fields }: { fields: readonly AuditFieldView[] }) {
  const { t } = useTranslation('log');
  const changes = changesIn(fields);
  if (changes.length === 0) return null;
  return (
    <Panel title={t('event.change')}>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-line border-b text-muted text-xs">
              <td />
              <th scope="col" className="p-2 text-start font-medium">
                {t('event.before')}
              </th>
              <th scope="col" className="p-2 text-start font-medium">
                {t('event.after')}
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ key, before, after, isChanged }) => (
              <tr key={key} className="border-line border-b align-top last:border-b-0">
                <th scope="row" className="p-2 text-start font-medium">
                  {fieldName(t, 'key', key)}
                  <span className="block font-normal text-muted text-xs">
                    {isChanged ? t('event.changed') : t('event.same')}
                  </span>
                </th>
                <td className={isChanged ? 'bg-raised p-2' : 'p-2'}>
                  <Side name={key} value={before} />
                </td>
                <td className={isChanged ? 'bg-accent-soft p-2' : 'p-2'}>
                  <Side name={key} value={after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

// What one side doesn't speak of isn't said to be nothing.
function Side({ name, value }: { name: string; value: unknown }) {
  return value === undefined ? (
    <span className="text-muted">–</span>
  ) : (
    <FieldValue name={name} value={value} />
  );
}
