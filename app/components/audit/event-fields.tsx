import { EyeOff, Lock } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Fact, Facts, Panel } from '#app/components/ui/panel.tsx';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import type { AuditEventView, AuditFieldView } from '#app/domain/audit/view.ts';
import { formatDate } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { fieldName } from './field-names.ts';
import { FieldValue } from './field-value.tsx';
import { RevealDialog } from './reveal-dialog.tsx';

type Revealed = ReadonlyMap<string, unknown>;
const NOTHING: Revealed = new Map();

/** Why it was done and all else that was recorded; what is sealed is shown for a purpose only. */
export function EventFields({ event }: { event: AuditEventView }) {
  const { t } = useTranslation('log');
  // Kept nowhere but here: leaving the page forgets it.
  const [revealed, setRevealed] = useState(NOTHING);
  const [asked, setAsked] = useState<string | null>(null);
  const shown = event.fields.filter((field) => !isChange(field));
  return (
    <Panel title={t('event.details')}>
      {shown.length === 0 ? (
        <p className="text-muted text-sm">{t('event.noDetails')}</p>
      ) : (
        <Facts>
          {shown.map((field) => (
            <Fact key={field.name} name={fieldName(t, 'field', field.name)}>
              <FieldState
                field={field}
                revealed={revealed}
                onReveal={() => setAsked(field.name)}
                onHide={() => setRevealed(NOTHING)}
              />
            </Fact>
          ))}
        </Facts>
      )}
      {asked === null ? null : (
        <RevealDialog
          event={event}
          field={asked}
          onClose={() => setAsked(null)}
          onRevealed={(values) => {
            setRevealed((before) => new Map([...before, ...values]));
            setAsked(null);
          }}
        />
      )}
    </Panel>
  );
}

// The panel of what changed shows these.
function isChange({ name, sealed, erasedAt }: AuditFieldView): boolean {
  return (name === 'before' || name === 'after') && !sealed && erasedAt === null;
}

/** Fields that hold somebody's words about what happened. */
const WORDS: ReadonlySet<string> = new Set(['reason', 'text', 'note']);

function Recorded({ name, value }: { name: string; value: unknown }) {
  const shown = <FieldValue name={name} value={value} />;
  return WORDS.has(name) ? <ShieldedWords>{shown}</ShieldedWords> : shown;
}

interface FieldStateProps {
  field: AuditFieldView;
  revealed: Revealed;
  onReveal: () => void;
  onHide: () => void;
}

function FieldState({ field, revealed, onReveal, onHide }: FieldStateProps) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const { name, value, sealed, erasedAt } = field;
  if (erasedAt !== null) {
    return (
      <>
        <p>{t('event.erased', { date: isolate(formatDate(locale, erasedAt, timeZone)) })}</p>
        <p className="text-muted text-xs">{t('event.erasedHelp')}</p>
      </>
    );
  }
  if (!sealed) return <Recorded name={name} value={value} />;
  if (revealed.has(name)) {
    return (
      <div className="grid justify-items-start gap-1 rounded-lg border border-warning bg-warning-soft p-2">
        <Recorded name={name} value={revealed.get(name)} />
        <p className="text-warning text-xs">{t('reveal.shown')}</p>
        <Button icon={<EyeOff aria-hidden size={16} />} onPress={onHide}>
          {t('reveal.hide')}
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="inline-flex items-center gap-1 text-muted">
        <Lock aria-hidden size={14} className="shrink-0" />
        {t('event.sealed')}
      </span>
      <Button onPress={onReveal}>{t('reveal.open')}</Button>
    </div>
  );
}
