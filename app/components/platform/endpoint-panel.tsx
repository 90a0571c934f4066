import { useNavigate } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { HoldButton } from '#app/components/ui/hold-button.tsx';
import { Code, Fact, Facts, Panel } from '#app/components/ui/panel.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { useKeepUnfinished, useUnfinished } from '#app/components/ui/unfinished.ts';
import type { EndpointRow } from '#app/domain/platform/view.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { ArrivedCell, EndpointStateCell, TypesCell } from './endpoint-cells.tsx';
import { type AskedOverlap, OverlapForm, RENEWING, USUAL_OVERLAP } from './overlap-form.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

/** One webhook: its facts, its secret, on and off. */
export function EndpointPanel({ row }: { row: EndpointRow }) {
  const { t } = useTranslation('platform');
  const locale = useLocale();
  const navigate = useNavigate();
  const { act, answer, isPending } = useAct();
  const [seen, setSeen] = useState<string | null>(null);
  const endpoint = row.id;
  const keepUnfinished = useKeepUnfinished();
  const [hours, setHours] = useState(USUAL_OVERLAP);
  useUnfinished<AskedOverlap>(RENEWING, (kept) => {
    if (kept.id === endpoint) setHours(kept.hours);
  });
  const isOn = row.disabledWhy === null;
  // Away before the page reads anew what is no more.
  const remove = async () => {
    const removed = await act({ changeEndpoint: { change: 'delete', endpoint } });
    if (removed?.ok) navigate('/platform/webhooks');
  };
  const secret = answer?.ok ? (answer.secret ?? null) : null;
  return (
    <Panel title={t('hook.panel')}>
      <Facts>
        <Fact name={t('column.address')}>
          <Code>{row.url}</Code>
        </Fact>
        <Fact name={t('column.state')}>
          <EndpointStateCell row={row} />
        </Fact>
        <Fact name={t('column.types')}>
          <TypesCell row={row} />
        </Fact>
        <Fact name={t('column.arrived')}>
          <ArrivedCell row={row} />
        </Fact>
        <Fact name={t('hook.waiting')}>{formatNumber(locale, row.waiting, 0)}</Fact>
      </Facts>
      <OverlapForm
        help={t('hook.rotateHelp')}
        label={t('hook.rotate')}
        isPending={isPending}
        hours={hours}
        onChange={setHours}
        onSubmit={() =>
          void act({ changeEndpoint: { change: 'rotate', endpoint, overlapHours: hours } })
        }
      />
      <div className="grid gap-2 border-line border-t pt-4 sm:grid-cols-2">
        <Button
          isPending={isPending}
          onPress={() =>
            void act({ changeEndpoint: { change: isOn ? 'disable' : 'enable', endpoint } })
          }
        >
          {isOn ? t('hook.disable') : t('hook.enable')}
        </Button>
        <HoldButton isDisabled={isPending} onConfirm={() => void remove()}>
          {t('hook.delete')}
        </HoldButton>
      </div>
      <Refusal
        of="platform"
        answer={answer}
        onProve={() => keepUnfinished(RENEWING, { id: endpoint, hours } satisfies AskedOverlap)}
      />
      {secret !== null && secret !== seen ? (
        <SecretDialog secret={secret} help={t('secret.signs')} onClose={() => setSeen(secret)} />
      ) : null}
    </Panel>
  );
}
