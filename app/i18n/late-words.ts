import { useEffect, useSyncExternalStore } from 'react';

/** Fetches and adds the words of all screens but the rooms. Safe to call again. */
type Fetch = () => Promise<void>;

const AGAIN_AFTER = 2_000;

let fetchWords: Fetch | null = null;
let fetching: Promise<void> | null = null;
// A server has every word from the start.
let isReady = typeof document === 'undefined';
const listeners = new Set<() => void>();

/** Says how the browser gets them; before the page wakes. */
export function setLateWords(fetch: Fetch): void {
  fetchWords = fetch;
}

/** Waits for the words of all screens; a lost connection is asked again until it has them. */
export function lateWords(): Promise<void> {
  fetching ??= untilFetched();
  return fetching;
}

async function untilFetched(): Promise<void> {
  while (!isReady) {
    try {
      await fetchWords?.();
      isReady = true;
      for (const listener of listeners) listener();
    } catch {
      await new Promise((go) => setTimeout(go, AGAIN_AFTER));
    }
  }
}

/** Whether a page speaks only with the words that are there from the start. */
export function needsNoLateWords(pathname: string): boolean {
  return /^\/rooms(\/|$)/.test(pathname);
}

/** @returns whether a page's words are there; fetches them when they aren't. */
export function useWordsOf(pathname: string): boolean {
  const areAll = useSyncExternalStore(watch, areReady, areReady);
  const isSpoken = areAll || needsNoLateWords(pathname);
  useEffect(() => {
    if (!isSpoken) void lateWords();
  }, [isSpoken]);
  return isSpoken;
}

const areReady = () => isReady;

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
