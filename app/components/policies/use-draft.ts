import { unstable_usePrompt as usePrompt } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  isTooLarge,
  type PolicyAnswer,
  type PolicyDraft,
  sameClauses,
} from '#app/domain/policies/view.ts';
import { useSending } from '#app/use-sending.ts';
import { clausesOf, type DraftClause, draftOf, type FoundFlaw, flawOf } from './draft-clauses.ts';

type Flaws = ReadonlyMap<number, FoundFlaw>;
const NONE: Flaws = new Map();
const TOO_LARGE = { ok: false, reason: 'too_large' } as const;

/** The draft while it is written, and the way to save it. */
export function useDraft(draft: PolicyDraft) {
  const { send, ...saving } = useSending<PolicyAnswer<{ revision: number }>>('/policies/act');
  // What is written here began with it: what others saved since is not to be overwritten unseen.
  const [revision, setRevision] = useState(draft.revision);
  const [clauses, setClauses] = useState(() => draft.clauses.map(draftOf));
  const [flaws, setFlaws] = useState(NONE);
  const [isFull, setFull] = useState(false);
  const written = clausesOf(clauses);
  const isSaved = sameClauses(written, draft.clauses);
  useWarning(!isSaved);

  async function save() {
    const found = clauses.flatMap((clause) => {
      const flaw = flawOf(clause, clauses);
      return flaw ? [[clause.key, flaw] as const] : [];
    });
    setFlaws(new Map(found));
    // Asked here as well: the server would not even read that much.
    const tooLarge = isTooLarge(written);
    setFull(tooLarge);
    if (tooLarge) return;
    if (found.length > 0) return;
    const answer = await send({ save: { revision, clauses: written } });
    if (answer?.ok) setRevision(answer.revision);
  }

  return {
    clauses,
    flaws,
    isSaved,
    isSaving: saving.isPending,
    // Said for as long as it is so.
    answer: isFull && isTooLarge(written) ? TOO_LARGE : saving.answer,
    save,
    /** @param index where it goes; the others from there on make room */
    add: (clause: DraftClause, index: number) =>
      setClauses((all) => [...all.slice(0, index), clause, ...all.slice(index)]),
    change(clause: DraftClause) {
      setClauses((all) => all.map((one) => (one.key === clause.key ? clause : one)));
      setFlaws((now) => new Map([...now].filter(([key]) => key !== clause.key)));
    },
    move: (index: number, by: -1 | 1) => setClauses((all) => swapped(all, index, index + by)),
    remove: (index: number) => setClauses((all) => all.filter((_, at) => at !== index)),
  };
}

function swapped(all: readonly DraftClause[], one: number, other: number): DraftClause[] {
  const [a, b] = [all[one], all[other]];
  if (!a || !b) return [...all];
  return all.map((clause) => (clause === a ? b : clause === b ? a : clause));
}

/** Has the browser ask before what is not saved is left, by a link or for good. */
function useWarning(isOpen: boolean): void {
  const { t } = useTranslation('policies');
  usePrompt({
    when: ({ currentLocation, nextLocation }) =>
      isOpen && nextLocation.pathname !== currentLocation.pathname,
    message: t('draft.leave'),
  });
  useEffect(() => {
    if (!isOpen) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isOpen]);
}
