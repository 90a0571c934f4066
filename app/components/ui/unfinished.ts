import { useEffect, useRef } from 'react';

/** How long something begun waits for a proof, in milliseconds: as long as that takes at most. */
const PATIENCE = 10 * 60_000;

interface Kept {
  name: string;
  at: number;
  value: unknown;
}

const KEY = 'rostrum:unfinished';

/** Keeps in this tab what was begun and must wait until whoever sits here has shown who they are. */
export function keepUnfinished(name: string, value: unknown): void {
  const kept: Kept = { name, at: Date.now(), value };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

/** Takes up again, once, what was kept under a name before a screen was left to prove oneself. */
export function useUnfinished<Value>(name: string, resume: (value: Value) => void): void {
  const last = useRef(resume);
  last.current = resume;
  useEffect(() => {
    const value = takeUnfinished(name);
    if (value !== null) last.current(value as Value);
  }, [name]);
}

function takeUnfinished(name: string): unknown {
  const text = sessionStorage.getItem(KEY);
  if (text === null) return null;
  const kept = JSON.parse(text) as Kept;
  if (kept.name !== name) return null;
  sessionStorage.removeItem(KEY);
  return Date.now() - kept.at < PATIENCE ? kept.value : null;
}
