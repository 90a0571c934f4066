import { Link, useLocation } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Unsent } from '#app/ask-json.ts';

interface RefusalProps {
  /** Whose words say why: each has some under `refusal.<reason>`. */
  of: 'operators' | 'platform' | 'policies';
  answer: { ok: true } | { ok: false; reason: string } | Unsent | undefined;
  /** Called before leaving to prove who one is. */
  onProve?: () => void;
}

/** Why something was refused, in words, and the way on where there is one; nothing when it was not. */
export function Refusal({ of, answer, onProve }: RefusalProps) {
  const { t, i18n } = useTranslation(of);
  const { pathname } = useLocation();
  if (!answer || answer.ok) return null;
  const { reason } = answer;
  if (reason === 'unsent') return <RefusalWords>{t('sending:unsent')}</RefusalWords>;
  const key = `refusal.${reason}`;
  return (
    <RefusalWords>
      {/* A newer server may know reasons that this page doesn't. */}
      {t(i18n.exists(key, { ns: of }) ? key : 'refusal.invalid')}{' '}
      {reason === 'reauthenticate' ? (
        <Link to={`/confirm?to=${pathname}`} onClick={onProve} className="font-semibold underline">
          {t('sending:prove')}
        </Link>
      ) : null}
    </RefusalWords>
  );
}

/** What failed, read out at once. */
export function RefusalWords({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="text-danger text-sm">
      {children}
    </p>
  );
}
