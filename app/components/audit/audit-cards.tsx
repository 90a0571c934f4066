import { useTranslation } from 'react-i18next';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import type { AuditRow } from '#app/domain/audit/view.ts';
import {
  ActionCell,
  ActorCell,
  LinksCell,
  OutcomeCell,
  RecordedAt,
  RoomCell,
  TargetCell,
} from './audit-cells.tsx';

/** The log for a narrow screen: each event whole, one below the other. */
export function AuditCards({ rows, label }: { rows: readonly AuditRow[]; label: string }) {
  const { t } = useTranslation('log');
  return (
    <ol aria-label={label} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
      {rows.map((row) => (
        <li
          key={row.id}
          id={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-3 target:bg-accent-soft"
        >
          <div className="flex items-start justify-between gap-3">
            <ActionCell row={row} />
            <span className="shrink-0 text-end">
              <RecordedAt at={row.at} />
            </span>
          </div>
          <OutcomeCell outcome={row.outcome} />
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
            <dt className="text-muted">{t('column.actor')}</dt>
            <dd>
              <ActorCell row={row} />
            </dd>
            {row.targetRef ? (
              <>
                <dt className="text-muted">{t('column.target')}</dt>
                <dd>
                  <TargetCell row={row} />
                </dd>
              </>
            ) : null}
            {row.room ? (
              <>
                <dt className="text-muted">{t('words:room')}</dt>
                <dd>
                  <RoomCell room={row.room} />
                </dd>
              </>
            ) : null}
            {row.reason ? (
              <>
                <dt className="text-muted">{t('column.reason')}</dt>
                <dd className="line-clamp-3">
                  <ShieldedWords>
                    <bdi>{row.reason}</bdi>
                  </ShieldedWords>
                </dd>
              </>
            ) : null}
          </dl>
          <LinksCell row={row} />
        </li>
      ))}
    </ol>
  );
}
