import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { RefusalWords } from '#app/components/ui/refusal.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { BREAKS, type Exposure, useExposure } from '#app/exposure/exposure.ts';
import { useSending } from '#app/use-sending.ts';

/** How much of what people were reported for one meets unasked, and when a pause is proposed. */
export function ExposureCard() {
  const { t } = useTranslation('account');
  const { send, answer } = useSending<{ ok: true }>('/preferences');
  // Shown as chosen at once, as the browser shows it: it is kept on this device alone.
  const [{ hidesWords, breakAfter }, setChosen] = useState(useExposure());
  const choose = (chosen: Exposure) => {
    setChosen(chosen);
    void send(
      new URLSearchParams({
        hidesWords: chosen.hidesWords ? 'on' : 'off',
        breakAfter: `${chosen.breakAfter}`,
      }),
    );
  };
  return (
    <Panel title={t('exposure.title')}>
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
      {answer?.ok === false ? (
        <div className="flex flex-wrap items-center gap-3">
          <RefusalWords>{t('sending:unsent')}</RefusalWords>
          <Button onPress={() => choose({ hidesWords, breakAfter })}>{t('common:retry')}</Button>
        </div>
      ) : null}
    </Panel>
  );
}
