import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Tabs } from '#app/components/ui/tabs.tsx';
import { TextArea } from '#app/components/ui/text-area.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { POLICY_LANGUAGES, type PolicyLanguage } from '#app/domain/policies/view.ts';
import { directionOf, LOCALE_NAMES } from '#app/i18n/locales.ts';
import { type DraftClause, type FoundFlaw, isBegun } from './draft-clauses.ts';

interface ClauseEditorProps {
  clause: DraftClause;
  /** Place among the others, from 1. */
  place: number;
  of: number;
  /** Whether the version in force has it: its code then stays. */
  isKnown: boolean;
  flaw: FoundFlaw | null;
  onChange: (clause: DraftClause) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** One clause to write: its code, and its words in each language. */
export function ClauseEditor(props: ClauseEditorProps) {
  const { clause, place, isKnown, flaw, onChange } = props;
  const { t } = useTranslation('policies');
  const [chosen, setChosen] = useState<PolicyLanguage>('en');
  // What is wrong is shown where it is.
  useEffect(() => {
    if (flaw?.language) setChosen(flaw.language);
  }, [flaw]);
  const words = clause.words[chosen];
  const write = (more: Partial<typeof words>) =>
    onChange({ ...clause, words: { ...clause.words, [chosen]: { ...words, ...more } } });
  const spoken = { lang: chosen, dir: directionOf(chosen) };
  const wrong = flaw ? t(`flaw.${flaw.flaw}`) : null;
  const isOfWords = flaw?.language === chosen;
  const name = clause.code || t('clause.new');
  const named = { clause: isolate(name) };
  const headingId = useId();
  return (
    <article
      aria-labelledby={headingId}
      className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <div className="flex items-start justify-between gap-2">
        <h2
          id={headingId}
          tabIndex={-1}
          data-part="name"
          className="wrap-anywhere font-semibold text-sm"
        >
          {t('clause.place', { place, name: isolate(name) })}
        </h2>
        <span className="flex gap-1">
          <IconButton
            data-part="up"
            label={t('clause.up', named)}
            icon={<ArrowUp aria-hidden size={16} />}
            isDisabled={place === 1}
            onPress={() => props.onMove(-1)}
          />
          <IconButton
            data-part="down"
            label={t('clause.down', named)}
            icon={<ArrowDown aria-hidden size={16} />}
            isDisabled={place === props.of}
            onPress={() => props.onMove(1)}
          />
          <IconButton
            label={t('clause.remove', named)}
            icon={<Trash2 aria-hidden size={16} />}
            onPress={props.onRemove}
          />
        </span>
      </div>
      <div className="max-w-sm">
        <TextField
          data-part="code"
          label={t('clause.code')}
          description={isKnown ? t('clause.codeKept') : t('clause.codeHelp')}
          error={flaw && !flaw.language ? wrong : null}
          value={clause.code}
          readOnly={isKnown}
          maxLength={40}
          dir="ltr"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange({ ...clause, code: event.currentTarget.value })}
        />
      </div>
      <Tabs
        label={t('clause.languages')}
        selected={chosen}
        onSelect={setChosen}
        tabs={POLICY_LANGUAGES.map((key) => ({
          key,
          label: LOCALE_NAMES[key],
          ...(isBegun(clause.words[key]) && { count: '✓' }),
        }))}
      >
        <div className="grid gap-3 pt-1">
          <TextField
            label={t('clause.title')}
            {...spoken}
            value={words.title}
            maxLength={80}
            error={isOfWords ? wrong : null}
            onChange={(event) => write({ title: event.currentTarget.value })}
          />
          <TextArea
            label={t('clause.text')}
            {...spoken}
            value={words.text}
            maxLength={2_000}
            onChange={(event) => write({ text: event.currentTarget.value })}
          />
        </div>
      </Tabs>
    </article>
  );
}
