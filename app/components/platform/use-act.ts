import type { PlatformAct } from '#app/domain/platform/act.ts';
import type { Answered } from '#app/domain/platform/view.ts';
import { useSending } from '#app/use-sending.ts';

/** Sends acts on keys and webhooks, one at a time, and tells what became of the last. */
export function useAct() {
  const { send, ...sending } =
    useSending<Answered<{ id?: string; secret?: string }>>('/platform/act');
  return { ...sending, act: (asked: PlatformAct) => send(asked) };
}
