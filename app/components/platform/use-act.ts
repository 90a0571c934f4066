import { useFetcher } from '@remix-run/react';
import type { PlatformAct } from '#app/domain/platform/act.ts';
import type { Answered } from '#app/domain/platform/view.ts';

type Answer = Answered<{ id?: string; secret?: string }>;

/** Sends acts on keys and webhooks, one at a time, and tells what became of the last. */
export function useAct() {
  const fetcher = useFetcher<Answer>();
  const isPending = fetcher.state !== 'idle';
  const answer = isPending ? undefined : fetcher.data;
  return {
    isPending,
    answer,
    refusal: answer && !answer.ok ? answer.reason : null,
    act(asked: PlatformAct) {
      if (isPending) return;
      fetcher.submit(asked as never, {
        method: 'post',
        action: '/platform/act',
        encType: 'application/json',
      });
    },
  };
}
