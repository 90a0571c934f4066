import { useState } from 'react';
import { sendJson } from '#app/ask-json.ts';
import { Button } from '#app/components/ui/button.tsx';
import type { AccountRefused } from '#app/domain/access/account.ts';
import type { Refusal } from './refusal-text.ts';
import { Refused } from './refused.tsx';

interface ProviderButtonProps {
  /** Path that begins what the browser is sent there for. */
  action: string;
  fields?: Record<string, string>;
  label: string;
}

/** Sends the browser to the organisation's provider, once the server has begun what it goes there for. */
export function ProviderButton({ action, fields = {}, label }: ProviderButtonProps) {
  const [isPending, setPending] = useState(false);
  const [refused, setRefused] = useState<Refusal>();
  const begin = async () => {
    if (isPending) return;
    setPending(true);
    type Begun = { ok: true; to: string } | AccountRefused;
    const answer = await sendJson<Begun>(action, new URLSearchParams(fields));
    // Pending until the other site is there.
    if (answer.ok) return location.assign(answer.to);
    setRefused(answer);
    setPending(false);
  };
  return (
    <>
      {refused && !isPending ? <Refused refusal={refused} /> : null}
      <Button isPending={isPending} onPress={() => void begin()}>
        {label}
      </Button>
    </>
  );
}
