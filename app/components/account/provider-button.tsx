import { Link, useFetcher } from '@remix-run/react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import type { AccountRefused } from '#app/domain/access/account.ts';
import { refusalText } from './refusal-text.ts';

interface ProviderButtonProps {
  /** Path that begins what the browser is sent there for. */
  action: string;
  fields?: Record<string, string>;
  label: string;
}

/** Sends the browser to the organisation's provider, once the server has begun what it goes there for. */
export function ProviderButton({ action, fields = {}, label }: ProviderButtonProps) {
  const { t } = useTranslation('account');
  const begin = useFetcher<{ ok: true; to: string } | AccountRefused>();
  const answer = begin.state === 'idle' ? begin.data : undefined;
  const to = answer?.ok ? answer.to : null;
  useEffect(() => {
    if (to !== null) location.assign(to);
  }, [to]);
  return (
    <>
      {answer && !answer.ok ? (
        <p role="alert" className="text-danger text-sm">
          {refusalText(t, answer)}{' '}
          {answer.reason === 'reauthenticate' ? (
            <Link to="/confirm?to=/profile" className="font-semibold underline">
              {t('confirm.title')}
            </Link>
          ) : null}
        </p>
      ) : null}
      <Button
        isPending={begin.state !== 'idle' || to !== null}
        onPress={() => begin.submit(fields, { method: 'post', action })}
      >
        {label}
      </Button>
    </>
  );
}
