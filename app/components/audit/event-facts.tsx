import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Code, Fact, Facts, Panel } from '#app/components/ui/panel.tsx';
import type { AuditEventView } from '#app/domain/audit/view.ts';
import { formatClock, formatDate } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { ActionName, OutcomeCell, Party } from './audit-cells.tsx';
import { pathOf, pathOfEvent } from './audit-query.ts';

const LINK = 'hover:underline focus-visible:underline';

/** The event's public columns: what, by whom, about whom, where and when. */
export function EventFacts({ event }: { event: AuditEventView }) {
  const { t } = useTranslation('log');
  const { actorRef, actorName, targetRef, targetName, room } = event;
  return (
    <Panel title={t('event.what')}>
      <Facts>
        <Fact name={t('column.action')}>
          <ActionName action={event.action} />
        </Fact>
        <Fact name={t('column.outcome')}>
          <OutcomeCell outcome={event.outcome} />
        </Fact>
        <Fact name={t('column.actor')}>
          <Link to={pathOf({ actor: actorRef })} title={t('only.actor')} className={LINK}>
            <Party name={actorName} reference={actorRef} />
          </Link>
        </Fact>
        {targetRef === null ? null : (
          <Fact name={t('column.target')}>
            <Link to={pathOfTarget(targetRef)} title={t('event.about')} className={LINK}>
              <Party name={targetName} reference={targetRef} />
            </Link>
          </Fact>
        )}
        {room === null ? null : (
          <Fact name={t('words:room')}>
            <Narrowed to={pathOf({ room })} title={t('only.room')}>
              {room}
            </Narrowed>
          </Fact>
        )}
        {event.case === null ? null : (
          <Fact name={t('words:case')}>
            <Narrowed to={pathOf({ case: event.case })}>{event.case}</Narrowed>
          </Fact>
        )}
        <Fact name={t('event.occurred')}>
          <Exact at={event.occurredAt} />
        </Fact>
        <Fact name={t('event.recorded')}>
          <Exact at={event.at} />
        </Fact>
        <Fact name={t('event.id')}>
          <Code>{event.id}</Code>
        </Fact>
        {event.correlationId === null ? null : (
          <Fact name={t('event.correlation')}>
            <Code>{event.correlationId}</Code>
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

/** To the event itself, when it is about one; else to all that is about the same. */
function pathOfTarget(reference: string): string {
  const [, event] = /^event:([0-9a-f-]{36})$/.exec(reference) ?? [];
  return event === undefined ? pathOf({ subject: reference }) : pathOfEvent(event);
}

function Narrowed({ to, title, children }: { to: string; title?: string; children: ReactNode }) {
  return (
    <Link to={to} title={title} className={`text-accent underline ${LINK}`}>
      <bdi dir="ltr">{children}</bdi>
    </Link>
  );
}

/** An instant to the second, on this device's clock, and in UTC as every export has it. */
function Exact({ at }: { at: string }) {
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  return (
    <time dateTime={at} className="tabular block">
      <span className="block">
        {formatDate(locale, at, timeZone)} {formatClock(locale, at, timeZone, true)}
      </span>
      <Code>{at.replace('T', ' ').replace('Z', ' UTC')}</Code>
    </time>
  );
}
