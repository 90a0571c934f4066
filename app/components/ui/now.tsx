import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

const Rendered = createContext({ now: 0, timeZone: 'UTC' });

/** What the server rendered with, so that the first HTML and the browser agree. */
export function ClockProvider(props: { now: number; timeZone: string; children: ReactNode }) {
  const value = { now: props.now, timeZone: props.timeZone };
  return <Rendered.Provider value={value}>{props.children}</Rendered.Provider>;
}

/** @returns the time in epoch milliseconds, ticking once a second for all who ask. */
export function useNow(): number {
  const rendered = useContext(Rendered);
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => rendered.now,
  );
}

/** @returns this device's IANA time zone. */
export function useTimeZone(): string {
  const rendered = useContext(Rendered);
  return useSyncExternalStore(
    () => () => {},
    deviceTimeZone,
    () => rendered.timeZone,
  );
}

let device: string | undefined;

/** @returns the browser's time zone; UTC where it will not say. */
export function deviceTimeZone(): string {
  device ??= Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return device;
}
