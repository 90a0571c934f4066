import { Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { announce } from '#app/components/ui/live-region.tsx';
import { dismiss, notifyUndoable } from '#app/components/ui/notices.ts';
import type { Clause } from '#app/domain/policies/view.ts';
import { ClauseEditor } from './clause-editor.tsx';
import { type DraftClause, draftOf } from './draft-clauses.ts';
import { useChosenFocus } from './use-chosen-focus.ts';
import type { useDraft } from './use-draft.ts';

interface ClauseListProps {
  writing: ReturnType<typeof useDraft>;
  /** Those of the version in force. */
  inForce: readonly Clause[];
}

/** The clauses to write, in their order; what changes the order keeps the keyboard in it. */
export function ClauseList({ writing, inForce }: ClauseListProps) {
  const { t } = useTranslation('policies');
  const { clauses, flaws, change, add, move, remove } = writing;
  const { place, focusNext } = useChosenFocus<HTMLDivElement>();
  const offers = useRef<number[]>([]);
  // A clause can be put back only where it was taken from.
  useEffect(() => () => offers.current.forEach(dismiss), []);
  const wordsOf = ({ code }: DraftClause) => ({ clause: isolate(code || t('clause.new')) });

  function begin(clause: DraftClause, index: number) {
    add(clause, index);
    focusNext(partOf(clause, 'code'));
  }
  function shift(clause: DraftClause, index: number, by: -1 | 1) {
    move(index, by);
    const [same, other] = by < 0 ? (['up', 'down'] as const) : (['down', 'up'] as const);
    // At the end of the list the same button can't be used again.
    focusNext(partOf(clause, same), partOf(clause, other));
    const to = { place: index + 1 + by, of: clauses.length };
    announce(t('clause.moved', { ...wordsOf(clause), ...to }), 'clause');
  }
  function takeOut(clause: DraftClause, index: number) {
    remove(index);
    const beside = clauses[index + 1] ?? clauses[index - 1];
    focusNext(beside ? partOf(beside, 'name') : '[data-part="add"]');
    const offer = notifyUndoable(t('clause.removed', wordsOf(clause)), () => begin(clause, index));
    offers.current.push(offer);
  }
  return (
    <div ref={place} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {clauses.map((clause, index) => (
          <li key={clause.key} data-clause={clause.key} className="min-w-0">
            <ClauseEditor
              clause={clause}
              place={index + 1}
              of={clauses.length}
              isKnown={inForce.some(({ code }) => code === clause.cameAs)}
              flaw={flaws.get(clause.key) ?? null}
              onChange={change}
              onMove={(by) => shift(clause, index, by)}
              onRemove={() => takeOut(clause, index)}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button
          data-part="add"
          icon={<Plus aria-hidden size={16} />}
          onPress={() => begin(draftOf(), clauses.length)}
        >
          {t('clause.add')}
        </Button>
      </div>
    </div>
  );
}

function partOf({ key }: DraftClause, part: 'name' | 'up' | 'down' | 'code'): string {
  return `[data-clause="${key}"] [data-part="${part}"]`;
}
