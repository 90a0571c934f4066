import { useRevalidator } from '@remix-run/react';
import { useState } from 'react';
import { sendJson, type Unsent } from './ask-json.ts';

/**
 * Sends what someone does to a route of this origin, one at a time, and has the page read anew what it
 * shows. Where no answer comes, the screen stays as it is, and what is said of it can be sent again.
 */
export function useSending<Answer extends { ok: boolean }>(path: string) {
  const { revalidate, state } = useRevalidator();
  const [isSent, setSent] = useState(false);
  const [last, setLast] = useState<Answer | Unsent>();
  // What was done is shown first.
  const isPending = isSent || (last?.ok === true && state === 'loading');

  /** @param input sent as JSON, or as a form's fields @returns the answer; undefined while one is awaited */
  async function send(input: object | URLSearchParams) {
    if (isSent) return undefined;
    setSent(true);
    setLast(undefined);
    const answer = await sendJson<Answer>(path, input);
    setSent(false);
    setLast(answer);
    if (mayHaveChanged(answer)) revalidate();
    return answer;
  }
  return { send, isPending, answer: isPending ? undefined : last };
}

// What is refused may be so because the page is old.
function mayHaveChanged({ reason }: { ok: boolean; reason?: unknown }): boolean {
  return reason !== 'unsent' && reason !== 'reauthenticate';
}
