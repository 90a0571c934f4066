import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { ConfirmDialog } from '#app/components/ui/confirm-dialog.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { notifyDone } from '#app/components/ui/notices.ts';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorAnswer, OperatorInfo, OperatorsPage } from '#app/domain/access/operators.ts';
import { useSending } from '#app/use-sending.ts';
import { RolesCell, StateCell } from './operator-columns.tsx';
import { SessionLines } from './session-lines.tsx';

type Asked = { change: 'grant' | 'revoke'; role: OperatorRole } | { change: 'disable' | 'enable' };

/** Name under which a change of an operator waits for a fresh proof. */
export const CHANGING = 'operator';

/** Such a change, with the reason that was given. */
export interface Begun {
  operator: string;
  asked: Asked;
  reason: string;
}

interface OperatorPanelProps {
  operator: OperatorInfo;
  page: OperatorsPage;
  /** What was begun before leaving to prove who one is. */
  begun: Begun | null;
  onClose: () => void;
}

/** One operator: their roles, account and sessions, and what the viewer may change of these. */
export function OperatorPanel({ operator, page, begun, onClose }: OperatorPanelProps) {
  const { t } = useTranslation('operators');
  const [asked, setAsked] = useState<Asked | null>(begun?.asked ?? null);
  const { roles, disabledAt, isYou } = operator;
  const mayGrant = page.mayGrant && !isYou;
  if (asked) {
    return (
      <Confirm
        operator={operator}
        asked={asked}
        reason={begun?.asked === asked ? begun.reason : ''}
        onClose={() => setAsked(null)}
      />
    );
  }
  return (
    <Dialog isOpen onClose={onClose} title={operator.name} size="large">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <StateCell row={operator} />
        <RolesCell row={operator} />
      </div>
      {isYou ? <p className="text-muted text-sm">{t('yourself')}</p> : null}
      {mayGrant ? (
        <section aria-label={t('column.roles')} className="grid gap-2">
          {OPERATOR_ROLES.map((role) => {
            const change = roles.includes(role) ? 'revoke' : 'grant';
            return (
              <div
                key={role}
                className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line p-3"
              >
                <span className="min-w-0 grow basis-48">
                  <span className="block font-medium">{t(`words:operator.${role}`)}</span>
                  <span className="block text-muted text-xs">{t(`roleHelp.${role}`)}</span>
                </span>
                <Button
                  variant={change === 'revoke' ? 'danger' : 'quiet'}
                  onPress={() => setAsked({ change, role })}
                >
                  {t(`${change}.button`, { role: t(`words:operator.${role}`) })}
                </Button>
              </div>
            );
          })}
        </section>
      ) : null}
      <SessionLines sessions={operator.sessions} mayEnd={page.mayEndSessions} />
      {page.mayDisable && !isYou ? (
        <footer className="flex justify-end">
          {disabledAt === null ? (
            <Button variant="danger" onPress={() => setAsked({ change: 'disable' })}>
              {t('disable.title')}
            </Button>
          ) : (
            <Button onPress={() => setAsked({ change: 'enable' })}>{t('enable.title')}</Button>
          )}
        </footer>
      ) : null}
    </Dialog>
  );
}

interface ConfirmProps {
  operator: OperatorInfo;
  asked: Asked;
  /** To begin with; empty: none was given yet. */
  reason: string;
  onClose: () => void;
}

function Confirm({ operator, asked, reason, onClose }: ConfirmProps) {
  const { t } = useTranslation('operators');
  const { send, answer, isPending } = useSending<OperatorAnswer>('/operators/act');
  const [given, setGiven] = useState(reason);
  const { change } = asked;
  const keepUnfinished = useKeepUnfinished();
  const submit = async (why: string) => {
    setGiven(why);
    const changed = await send({ change: { ...asked, operator: operator.id, reason: why } });
    if (!changed?.ok) return;
    notifyDone(t(`${change}.done`, words));
    onClose();
  };
  const keep = () => {
    const begun: Begun = { operator: operator.id, asked, reason: given };
    keepUnfinished(CHANGING, begun);
  };
  const words = {
    name: isolate(operator.name),
    role: 'role' in asked ? t(`words:operator.${asked.role}`) : '',
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`${change}.title`)}
      consequence={t(`${change}.consequence`, words)}
      confirmLabel={t(`${change}.confirm`)}
      variant={change === 'grant' || change === 'enable' ? 'primary' : 'danger-solid'}
      isPending={isPending}
      initialReason={reason}
      onConfirm={(why) => void submit(why)}
    >
      <Refusal of="operators" answer={answer} onProve={keep} />
    </ConfirmDialog>
  );
}
