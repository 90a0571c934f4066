import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askJson } from '#app/ask-json.ts';
import { Select } from '#app/components/ui/select.tsx';
import type { OfferedClause } from '#app/domain/policies/view.ts';

// Kept between dialogs, so that only the first one of a visit grows when the answer comes.
let known: readonly OfferedClause[] | null = null;

interface ClauseChoiceProps {
  /** The chosen clause's code; empty: none. */
  value: string;
  onChange: (code: string) => void;
  /** Whether the chosen one was refused, since a newer version has it no more. */
  isGone: boolean;
  /** Shown where no policy was published. */
  whenNone?: ReactNode;
}

/** Which clause of the current policy an act rests on. */
export function ClauseChoice(props: ClauseChoiceProps) {
  const { value, onChange, isGone, whenNone = null } = props;
  const { t } = useTranslation('room');
  const [clauses, setClauses] = useState(known);
  // Asked again when what was offered doesn't hold any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the refusal is what asks again
  useEffect(() => {
    let isOpen = true;
    void askJson<{ clauses: readonly OfferedClause[] }>('/policies/offered').then((offered) => {
      if (offered === null) return;
      known = offered.clauses;
      if (isOpen) setClauses(known);
    });
    return () => {
      isOpen = false;
    };
  }, [isGone]);
  const isStill = value === '' || clauses?.some(({ code }) => code === value);
  // What is shown is what is sent: none.
  useEffect(() => {
    if (!isStill) onChange('');
  }, [isStill, onChange]);
  if (clauses === null) return null;
  if (clauses.length === 0) return whenNone;
  return (
    <Select
      label={t('policy.label')}
      value={value}
      onChange={onChange}
      choices={[
        { value: '', label: t('policy.none') },
        ...clauses.map(({ code, title }) => ({ value: code, label: title })),
      ]}
    />
  );
}
