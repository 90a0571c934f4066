import { useSubmit } from '@remix-run/react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askJson } from '#app/ask-json.ts';
import { RefusalWords } from '#app/components/ui/refusal.tsx';

interface ProfileFormProps {
  /** Whether the answer is a page of its own, as password managers expect. */
  isDocument?: boolean;
  className?: string;
  children: ReactNode;
}

/**
 * A form that changes one's account. It goes only where somebody answers: left for an error, the page
 * would take along what was typed.
 */
export function ProfileForm({ isDocument = false, className, children }: ProfileFormProps) {
  const { t } = useTranslation('sending');
  const form = useRef<HTMLFormElement>(null);
  const goOn = useSubmit();
  const isAsking = useRef(false);
  const [isUnsent, setUnsent] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isAsking.current) return;
    isAsking.current = true;
    const isThere = (await askJson('/healthz')) !== null;
    isAsking.current = false;
    setUnsent(!isThere);
    if (!isThere || form.current === null) return;
    if (isDocument) form.current.submit();
    else goOn(form.current);
  };
  return (
    <form ref={form} method="post" action="/profile" onSubmit={submit} className={className}>
      {children}
      {isUnsent ? <RefusalWords>{t('unsent')}</RefusalWords> : null}
    </form>
  );
}
