import { useRouteLoaderData } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { Viewer } from '#app/load-context.ts';

/** How long something begun waits for a proof, in milliseconds: as long as that takes at most. */
const PATIENCE = 10 * 60_000;

interface Kept {
  name: string;
  /** Who began it: nobody else who comes to sit here takes it up, or sees it. */
  whose: string;
  at: number;
  value: unknown;
}

const KEY = 'rostrum:unfinished';

/** @returns keeps in this tab what was begun and must wait until whoever sits here has shown who they are */
export function useKeepUnfinished(): (name: string, value: unknown) => void {
  const whose = useWhose();
  return (name, value) => {
    const kept: Kept = { name, whose, at: Date.now(), value };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  };
}

/** Takes up again, once, what was kept under a name before a screen was left to prove oneself. */
export function useUnfinished<Value>(name: string, resume: (value: Value) => void): void {
  const whose = useWhose();
  const last = useRef(resume);
  last.current = resume;
  useEffect(() => {
    const value = takeUnfinished(name, whose);
    if (value !== null) last.current(value as Value);
  }, [name, whose]);
}

/** Forgets it: whoever it was has left. */
export function forgetUnfinished(): void {
  sessionStorage.removeItem(KEY);
}

function takeUnfinished(name: string, whose: string): unknown {
  const text = sessionStorage.getItem(KEY);
  if (text === null) return null;
  const kept = JSON.parse(text) as Kept;
  const isTheirs = kept.whose === whose && Date.now() - kept.at < PATIENCE;
  if (isTheirs && kept.name !== name) return null;
  forgetUnfinished();
  return isTheirs ? kept.value : null;
}

/** Names are unique among operators, and nobody else begins such things. */
function useWhose(): string {
  const root = useRouteLoaderData('root') as { viewer?: Viewer | null } | undefined;
  return root?.viewer?.name ?? '';
}
