import { Link } from '@remix-run/react';
import { ArrowLeft, Check, Minus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { classes } from '#app/components/ui/classes.ts';
import {
  AHEAD,
  CAPABILITIES,
  type Capability,
  type Holder,
  hasHolder,
  OPERATOR_ROLES,
  type OperatorRole,
} from '#app/domain/access/capabilities.ts';

const COLUMNS: readonly Holder[] = [...OPERATOR_ROLES, 'host'];
// What a key may do is a matter of its scopes; these are people's.
const ROWS = (Object.keys(CAPABILITIES) as Capability[]).filter((one) => !one.startsWith('api.'));

interface RoleMatrixProps {
  /** The viewer's own roles. */
  own: readonly OperatorRole[];
  seesOperators: boolean;
}

/** Which role may do what: the same table that every act is judged by. */
export function RoleMatrix({ own, seesOperators }: RoleMatrixProps) {
  const { t } = useTranslation('operators');
  const isOwn = (holder: Holder) => own.some((role) => role === holder);
  const back = seesOperators ? (
    <Link to="/operators" className="target inline-flex items-center gap-1 text-accent underline">
      <ArrowLeft aria-hidden size={16} className="rtl:-scale-x-100" />
      {t('title')}
    </Link>
  ) : null;
  return (
    <Page title={t('matrix.title')} facts={back}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-3 sm:p-4">
        <p className="max-w-prose text-sm">{t('matrix.help')}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <section aria-label={t('matrix.title')} tabIndex={0} className="relative overflow-x-auto">
          <table className="w-full min-w-[40rem] border-collapse text-sm">
            <thead>
              <tr>
                <th scope="col" className="sticky start-0 bg-canvas p-2 text-start">
                  {t('matrix.what')}
                </th>
                {COLUMNS.map((holder) => (
                  <th
                    key={holder}
                    scope="col"
                    className={classes(
                      'wrap-normal p-2 text-center',
                      isOwn(holder) && 'bg-accent-soft',
                    )}
                  >
                    {t(holder === 'host' ? 'role.host' : `words:operator.${holder}`)}
                    {isOwn(holder) ? (
                      <span className="block font-normal text-xs">{t('matrix.yours')}</span>
                    ) : null}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ROWS.map((capability) => (
                <tr key={capability} className="border-line border-t">
                  <th
                    scope="row"
                    className="sticky start-0 max-w-72 wrap-normal bg-canvas p-2 text-start font-normal"
                  >
                    {t(`can.${capability}`)}
                    {AHEAD.has(capability) ? (
                      <span className="block text-muted text-xs">{t('matrix.ahead')}</span>
                    ) : null}
                  </th>
                  {COLUMNS.map((holder) => (
                    <td
                      key={holder}
                      className={classes('p-2 text-center', isOwn(holder) && 'bg-accent-soft')}
                    >
                      <Mark has={hasHolder(capability, holder)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <p className="max-w-prose text-muted text-sm">{t('matrix.host')}</p>
      </div>
    </Page>
  );
}

function Mark({ has }: { has: boolean }) {
  const { t } = useTranslation('operators');
  return (
    <>
      {has ? (
        <Check aria-hidden size={18} className="inline text-ok" />
      ) : (
        <Minus aria-hidden size={18} className="inline text-muted" />
      )}
      <span className="sr-only">{t(has ? 'matrix.yes' : 'matrix.no')}</span>
    </>
  );
}
