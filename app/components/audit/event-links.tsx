import { Link } from '@remix-run/react';
import { CornerDownRight, CornerLeftUp, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import type { AuditEventView, AuditKin, AuditRow } from '#app/domain/audit/view.ts';
import { formatClock, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { isKnownAction } from './action-names.ts';
import { pathOf, pathOfEvent } from './audit-query.ts';

/** The act it is part of, its parts, what it takes back and what took it back. */
export function EventLinks({ event }: { event: AuditEventView }) {
  const { t } = useTranslation('log');
  const { id, parent, children, reverses, reversedBy } = event;
  const isAlone = !parent && !reverses && children.count === 0 && reversedBy.count === 0;
  return (
    <Panel title={t('event.links')}>
      {isAlone ? <p className="text-muted text-sm">{t('event.noLinks')}</p> : null}
      {parent ? <Group title={t('event.parent')} icon={<Up />} rows={[parent]} /> : null}
      {reverses ? <Group title={t('event.reverses')} icon={<Undo />} rows={[reverses]} /> : null}
      {reversedBy.count > 0 ? (
        <>
          <Group title={t('event.reversedBy')} icon={<Undo />} rows={reversedBy.rows} />
          <Rest kin={reversedBy} words="event.newestOf" to={pathOf({ reverses: id })} />
        </>
      ) : null}
      {children.count > 0 ? (
        <>
          <Group
            title={
              children.isMore ? t('event.parts') : t('event.children', { count: children.count })
            }
            icon={<Down />}
            rows={children.rows}
          />
          <Rest kin={children} words="event.childrenFirst" to={pathOf({ parent: id })} />
        </>
      ) : null}
    </Panel>
  );
}

interface RestProps {
  kin: AuditKin;
  words: 'event.newestOf' | 'event.childrenFirst';
  /** Where all of them are listed. */
  to: string;
}

/** How many there are besides those shown, and the way to them. */
function Rest({ kin: { rows, count, isMore }, words, to }: RestProps) {
  const { t } = useTranslation('log');
  const locale = useLocale();
  if (count === rows.length && !isMore) return null;
  const counted = formatNumber(locale, count);
  const total = isMore ? t('event.orMore', { n: counted }) : counted;
  return (
    <p className="text-muted text-xs">
      {t(words, { n: formatNumber(locale, rows.length), total })}{' '}
      <Link to={to} className="target inline-flex items-center text-accent underline">
        {t('event.inLog')}
      </Link>
    </p>
  );
}

const Up = () => <CornerLeftUp aria-hidden size={16} className="shrink-0 rtl:-scale-x-100" />;
const Down = () => <CornerDownRight aria-hidden size={16} className="shrink-0 rtl:-scale-x-100" />;
const Undo = () => <Undo2 aria-hidden size={16} className="shrink-0 rtl:-scale-x-100" />;

interface GroupProps {
  title: string;
  icon: ReactNode;
  rows: readonly AuditRow[];
}

function Group({ title, icon, rows }: GroupProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <h3 className="font-medium text-muted text-xs">{title}</h3>
      <ul className="grid max-h-80 grid-cols-[minmax(0,1fr)] gap-1 overflow-y-auto">
        {rows.map((row) => (
          <li key={row.id}>
            <Related row={row} icon={icon} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Related({ row, icon }: { row: AuditRow; icon: ReactNode }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const { action, targetName, targetRef } = row;
  return (
    <Link
      to={pathOfEvent(row.id)}
      prefetch="intent"
      className="target flex items-center gap-2 rounded-lg border border-line px-3 text-sm hover:bg-raised"
    >
      {icon}
      <span className="min-w-0 grow truncate">
        {isKnownAction(action) ? t(`action.${action}`) : action}
        {(targetName ?? targetRef) ? (
          <span className="text-muted"> · {isolate(targetName ?? targetRef ?? '')}</span>
        ) : null}
      </span>
      <time dateTime={row.at} className="tabular shrink-0 text-muted text-xs">
        {formatClock(locale, row.at, timeZone, true)}
      </time>
    </Link>
  );
}
