import { useFetcher } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { BREAKS, type Exposure, useExposure } from '#app/exposure/exposure.ts';
import { Card } from './profile-card.tsx';

/** How much of what people were reported for one meets unasked, and when a pause is proposed. */
export function ExposureCard() {
  const { t } = useTranslation('account');
  const fetcher = useFetcher();
  // Shown as chosen at once, as the browser shows it: it is kept on this device alone.
  const [{ hidesWords, breakAfter }, setChosen] = useState(useExposure());
  const choose = (chosen: Exposure) => {
    setChosen(chosen);
    const form = {
      hidesWords: chosen.hidesWords ? 'on' : 'off',
      breakAfter: `${chosen.breakAfter}`,
      from: '/profile',
    };
    fetcher.submit(form, { method: 'post', action: '/preferences' });
  };
  return (
    <Card title={t('exposure.title')}>
      <p className="text-muted text-sm">{t('exposure.help')}</p>
      <Checkbox checked={hidesWords} onChange={(on) => choose({ hidesWords: on, breakAfter })}>
        {t('exposure.hide')}
      </Checkbox>
      <div className="max-w-sm">
        <Select
          label={t('exposure.break')}
          description={t('exposure.breakHelp')}
          value={`${breakAfter}`}
          onChange={(minutes) => choose({ hidesWords, breakAfter: Number(minutes) })}
          choices={BREAKS.map((minutes) => ({
            value: `${minutes}`,
            label: minutes === 0 ? t('exposure.never') : t('exposure.after', { count: minutes }),
          }))}
        />
      </div>
    </Card>
  );
}
