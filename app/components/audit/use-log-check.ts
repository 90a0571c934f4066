import { useSyncExternalStore } from 'react';
import {
  currentLogCheck,
  type LogCheck,
  noLogCheck,
  watchLogCheck,
} from '#app/live/log-check/log-check.ts';

/** @returns what this browser knows of the log, kept current. */
export function useLogCheck(): LogCheck {
  return useSyncExternalStore(watchLogCheck, currentLogCheck, noLogCheck);
}
