import { Link } from '@remix-run/react';
import { Check, CornerLeftUp, ShieldX, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Name } from '#app/components/ui/name.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Status } from '#app/components/ui/pill.tsx';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import type { AuditRow } from '#app/domain/audit/view.ts';
import { formatClock, formatDate } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { isKnownAction } from './action-names.ts';
import { pathOf, pathOfEvent } from './audit-query.ts';

/** Whether a cell stands in a grid, whose rows have the keyboard; its links are for the pointer then. */
interface InGrid {
  isInGrid?: boolean;
}

const tabOf = (isInGrid?: boolean) => (isInGrid ? { tabIndex: -1 } : {});

// References read left to right; the block still stands where the page's words do.
const CODE = 'font-mono text-muted text-xs rtl:text-right';
const LINK = 'hover:underline focus-visible:underline';

/** When it was recorded, on this device's clock; UTC on hover, as every export has it. */
export function RecordedAt({ at }: { at: string }) {
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  return (
    <time dateTime={at} title={at.replace('T', ' ').replace('Z', ' UTC')} className="tabular block">
      <span className="block truncate">{formatClock(locale, at, timeZone, true)}</span>
      <span className="block truncate text-muted text-xs">{formatDate(locale, at, timeZone)}</span>
    </time>
  );
}

/** What was done, in words, and the name it is recorded under; leads to the event's page. */
export function ActionCell({ row, isInGrid }: { row: AuditRow } & InGrid) {
  return (
    <Link to={pathOfEvent(row.id)} {...tabOf(isInGrid)} className={`block min-w-0 ${LINK}`}>
      <ActionName action={row.action} />
    </Link>
  );
}

/** An action in words, where there are some, and its name. */
export function ActionName({ action }: { action: string }) {
  const { t } = useTranslation('log');
  return (
    <>
      {isKnownAction(action) ? (
        <span className="block truncate font-medium">{t(`action.${action}`)}</span>
      ) : null}
      <bdi dir="ltr" className={`block truncate ${CODE}`}>
        {action}
      </bdi>
    </>
  );
}

/** Accepted or refused: an icon and a word. */
export function OutcomeCell({ outcome }: { outcome: string }) {
  const { t } = useTranslation('log');
  if (outcome === 'refused') {
    return (
      <Status tone="danger" icon={<ShieldX aria-hidden size={14} className="shrink-0" />}>
        {t('outcome.refused')}
      </Status>
    );
  }
  if (outcome === 'accepted') {
    return (
      <Status icon={<Check aria-hidden size={14} className="shrink-0" />}>
        {t('outcome.accepted')}
      </Status>
    );
  }
  return <code className={CODE}>{outcome}</code>;
}

/** Who did it: the name, where there still is one, and the reference that is recorded. */
export function ActorCell({ row, isInGrid }: { row: AuditRow } & InGrid) {
  const { t } = useTranslation('log');
  const { actorRef, actorName } = row;
  return (
    <Link
      to={pathOf({ actor: actorRef })}
      {...tabOf(isInGrid)}
      title={t('only.actor')}
      className={`block ${LINK}`}
    >
      <Party name={actorName} reference={actorRef} />
    </Link>
  );
}

/** To whom or what. */
export function TargetCell({ row }: { row: AuditRow }) {
  if (row.targetRef === null) return <span className="text-muted">–</span>;
  return <Party name={row.targetName} reference={row.targetRef} />;
}

// Those who are recorded without a reference of their own.
const NAMELESS = ['system', 'reporter', 'unknown'] as const;

/** Someone or something on the record: a name, where there is one, and the reference. */
export function Party({ name, reference }: { name: string | null; reference: string }) {
  const { t } = useTranslation('log');
  const nameless = NAMELESS.find((one) => one === reference);
  if (nameless) return <span className="block truncate">{t(`actor.${nameless}`)}</span>;
  return (
    <>
      {name !== null ? (
        <span className="block truncate">
          <Name>{name}</Name>
        </span>
      ) : null}
      <bdi dir="ltr" title={reference} className={`block truncate ${CODE}`}>
        {reference}
      </bdi>
    </>
  );
}

/** In which room; leads to what else happened there. */
export function RoomCell({ room, isInGrid }: { room: string | null } & InGrid) {
  const { t } = useTranslation('log');
  if (room === null) return <span className="text-muted">–</span>;
  return (
    <Link
      to={pathOf({ room })}
      {...tabOf(isInGrid)}
      title={t('only.room')}
      className={`block truncate ${CODE} ${LINK}`}
    >
      <bdi dir="ltr">{room}</bdi>
    </Link>
  );
}

/** Why, in the words of whoever did it. */
export function ReasonCell({ reason }: { reason: string | null }) {
  if (reason === null) return <span className="text-muted">–</span>;
  return (
    <ShieldedWords isInGrid>
      <span title={reason} className="name-line">
        <bdi>{reason}</bdi>
      </span>
    </ShieldedWords>
  );
}

/** The case it belongs to; leads to what else does. */
export function CaseCell({ reference, isInGrid }: { reference: string | null } & InGrid) {
  if (reference === null) return <span className="text-muted">–</span>;
  return (
    <Link
      to={pathOf({ case: reference })}
      {...tabOf(isInGrid)}
      className={`block truncate ${CODE} ${LINK}`}
    >
      <bdi dir="ltr">{reference}</bdi>
    </Link>
  );
}

/** The event this one belongs to, and the one it takes back. */
export function LinksCell({ row, isInGrid }: { row: AuditRow } & InGrid) {
  const { t } = useTranslation('log');
  const { parentId, reversesId } = row;
  if (parentId === null && reversesId === null) return null;
  return (
    <span className="grid gap-0.5 whitespace-normal text-xs">
      {reversesId ? (
        <Link to={pathOfEvent(reversesId)} {...tabOf(isInGrid)} className="flex gap-1 text-accent">
          <Undo2 aria-hidden size={14} className="shrink-0" />
          <span className="underline">{t('link.reverses')}</span>
        </Link>
      ) : null}
      {parentId ? (
        <Link to={pathOfEvent(parentId)} {...tabOf(isInGrid)} className="flex gap-1 text-accent">
          <CornerLeftUp aria-hidden size={14} className="shrink-0 rtl:-scale-x-100" />
          <span className="underline">{t('link.parent')}</span>
        </Link>
      ) : null}
    </span>
  );
}
