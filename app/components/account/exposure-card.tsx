import { useFetcher } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { BREAKS, type Exposure, exposureIn, useExposure } from '#app/exposure/exposure.ts';
import { Card } from './profile-card.tsx';

/** How much of what people were reported for one meets unasked, and when a pause is proposed. */
export function ExposureCard() {
  const { t } = useTranslation('account');
  const fetcher = useFetcher();
  const kept = useExposure();
  const chosen = fetcher.formData;
  // Shown as chosen at once: it is kept on this device alone.
  const { hidesWords, breakAfter }: Exposure = exposureIn(
    {
      ...(chosen?.has('hidesWords') && { hidesWords: chosen.get('hidesWords') === 'on' }),
      ...(chosen?.has('breakAfter') && { breakAfter: Number(chosen.get('breakAfter')) }),
    },
    kept,
  );
  const choose = (choice: Record<string, string>) =>
    fetcher.submit({ ...choice, from: '/profile' }, { method: 'post', action: '/preferences' });
  return (
    <Card title={t('exposure.title')}>
      <p className="text-muted text-sm">{t('exposure.help')}</p>
      <Checkbox checked={hidesWords} onChange={(on) => choose({ hidesWords: on ? 'on' : 'off' })}>
        {t('exposure.hide')}
      </Checkbox>
      <div className="max-w-sm">
        <Select
          label={t('exposure.break')}
          description={t('exposure.breakHelp')}
          value={`${breakAfter}`}
          onChange={(minutes) => choose({ breakAfter: minutes })}
          choices={BREAKS.map((minutes) => ({
            value: `${minutes}`,
            label: minutes === 0 ? t('exposure.never') : t('exposure.after', { count: minutes }),
          }))}
        />
      </div>
    </Card>
  );
}
