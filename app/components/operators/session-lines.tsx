import { LogOut } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Pill } from '#app/components/ui/pill.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { SessionInfo } from '#app/domain/access/account.ts';
import type { OperatorAnswer } from '#app/domain/access/operators.ts';
import { useSending } from '#app/use-sending.ts';

interface SessionLinesProps {
  sessions: readonly SessionInfo[];
  mayEnd: boolean;
}

/** Where someone is signed in, each with a way to end it. */
export function SessionLines({ sessions, mayEnd }: SessionLinesProps) {
  const { t } = useTranslation('operators');
  return (
    <section aria-labelledby="operator-sessions" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 id="operator-sessions" className="font-semibold text-sm">
        {t('sessions.title')}
      </h3>
      {sessions.length === 0 ? (
        <p className="text-muted text-sm">{t('notSignedIn')}</p>
      ) : (
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
          {sessions.map((session) => (
            <SessionLine key={session.id} session={session} mayEnd={mayEnd} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SessionLine({ session, mayEnd }: { session: SessionInfo; mayEnd: boolean }) {
  const { t } = useTranslation('operators');
  const { send, answer, isPending } = useSending<OperatorAnswer>('/operators/act');
  const { id, browser, seenAt, isThisOne } = session;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line px-3 py-2">
      <div className="min-w-0 grow text-sm">
        <span className="block font-medium">{t(`browser.${browser}`)}</span>
        <RelativeTime at={seenAt} className="text-muted text-xs" />
        <Refusal of="operators" answer={answer} />
      </div>
      {isThisOne ? <Pill tone="accent">{t('sessions.this')}</Pill> : null}
      {mayEnd ? (
        <Button
          variant="danger"
          icon={<LogOut aria-hidden size={16} className="rtl:-scale-x-100" />}
          isPending={isPending}
          onPress={() => void send({ end: id })}
        >
          {t('sessions.end')}
        </Button>
      ) : null}
    </li>
  );
}
