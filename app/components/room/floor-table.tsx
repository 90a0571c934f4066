import { useTranslation } from 'react-i18next';
import { Name } from '#app/components/ui/name.tsx';
import { ClockTime, Duration } from '#app/components/ui/time.tsx';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { FLOOR_SPAN } from '#app/live/floor-history.ts';
import { shareFloor } from './floor-picture.ts';
import { useRoomScreen } from './room-context.ts';

/** The timeline in words and numbers: who spoke how long, and what happened when. */
export function FloorTable({ now }: { now: number }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store } = useRoomScreen();
  const { floor, incidents, cards } = store.model;
  const shares = shareFloor(floor.segments, now, FLOOR_SPAN);
  const recent = incidents.all.filter(({ at }) => at > now - FLOOR_SPAN);
  return (
    <details className="text-xs">
      <summary className="cursor-pointer py-1 text-muted pointer-coarse:py-3">
        {t('floor.asTable', { count: shares.length })}
      </summary>
      <table className="tabular w-full max-w-md">
        <caption className="sr-only">{t('floor.title')}</caption>
        <thead className="text-muted">
          <tr>
            <th scope="col" className="py-1 text-start font-medium">
              {t('column.name')}
            </th>
            <th scope="col" className="py-1 text-end font-medium">
              {t('floor.time')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ member, milliseconds, isNow }) => (
            <tr key={member} className="border-line border-t">
              <td className="py-1">
                <Name>{cards.get(member)?.name ?? member}</Name>
                {isNow ? <span className="ms-2 text-ok">{t('floor.now')}</span> : null}
              </td>
              <td className="py-1 text-end">
                <Duration milliseconds={milliseconds} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        {recent.map((incident) => (
          <li key={incident.id}>
            <ClockTime at={incident.at} /> ·{' '}
            {t(`incident.${incident.kind}.line`, {
              n: formatNumber(locale, incident.people),
              seconds: formatNumber(locale, incident.seconds),
            })}
          </li>
        ))}
      </ul>
    </details>
  );
}
