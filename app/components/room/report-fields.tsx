import { useTranslation } from 'react-i18next';
import { Select } from '#app/components/ui/select.tsx';
import { REPORT_CATEGORIES, type ReportCategory } from '#app/domain/rooms/report-categories.ts';
import type { Instant } from '#app/domain/rooms/state.ts';

const SPANS = [1, 5, 15] as const;

export interface ReportDetails {
  category: ReportCategory;
  /** How far back what happened began; 0: no time given. */
  minutes: number;
}

/** @returns the reported span on the room's clock, in whole seconds since it opened. */
export function spanOf(minutes: number, openedAt: Instant, now: Instant) {
  if (minutes === 0) return {};
  const to = Math.max(0, Math.floor((now - openedAt) / 1000));
  return { from: Math.max(0, to - minutes * 60), to };
}

interface ReportFieldsProps {
  value: ReportDetails;
  onChange: (value: ReportDetails) => void;
}

/** What a report is about and when it happened. */
export function ReportFields({ value, onChange }: ReportFieldsProps) {
  const { t } = useTranslation('room');
  return (
    <>
      <Select
        label={t('report.category')}
        value={value.category}
        onChange={(category) => onChange({ ...value, category })}
        choices={REPORT_CATEGORIES.map((key) => ({ value: key, label: t(`category.${key}`) }))}
      />
      <Select
        label={t('report.when')}
        value={`${value.minutes}`}
        onChange={(minutes) => onChange({ ...value, minutes: Number(minutes) })}
        choices={[
          ...SPANS.map((span) => ({ value: `${span}`, label: t('report.last', { count: span }) })),
          { value: '0', label: t('report.noTime') },
        ]}
      />
    </>
  );
}
