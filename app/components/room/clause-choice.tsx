import { useFetcher } from '@remix-run/react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Select } from '#app/components/ui/select.tsx';
import type { OfferedClause } from '#app/domain/policies/view.ts';

// Kept between dialogs, so that only the first one of a visit grows when the answer comes.
let known: readonly OfferedClause[] = [];

interface ClauseChoiceProps {
  /** The chosen clause's code; empty: none. */
  value: string;
  onChange: (code: string) => void;
  /** Whether the chosen one was refused, since a newer version has it no more. */
  isGone: boolean;
}

/** Which clause of the current policy an act rests on; nothing before a policy was published. */
export function ClauseChoice({ value, onChange, isGone }: ClauseChoiceProps) {
  const { t } = useTranslation('room');
  const { load, data } = useFetcher<{ clauses: readonly OfferedClause[] }>();
  // Asked again when what was offered doesn't hold any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the refusal is what asks again
  useEffect(() => load('/policies/offered'), [load, isGone]);
  useEffect(() => {
    if (data) known = data.clauses;
  }, [data]);
  const clauses = data?.clauses ?? known;
  if (clauses.length === 0) return null;
  const isStill = clauses.some(({ code }) => code === value);
  return (
    <Select
      label={t('policy.label')}
      value={isStill ? value : ''}
      onChange={onChange}
      choices={[
        { value: '', label: t('policy.none') },
        ...clauses.map(({ code, title }) => ({ value: code, label: title })),
      ]}
    />
  );
}
