import type { CheckResult } from './check-log.ts';
import { type Alarm, readAlarm, readEvidence, STORED } from './kept.ts';

/** What this browser knows of the log. */
export interface LogCheck {
  /** Of this page's last check; null before there was one. */
  result: CheckResult | null;
  isChecking: boolean;
  /** What was found wrong and not acknowledged yet, here or in another tab. */
  alarm: Alarm | null;
  /** What was acknowledged before. */
  evidence: readonly Alarm[];
}

const NOTHING: LogCheck = { result: null, isChecking: false, alarm: null, evidence: [] };
const FRESH_FOR = 2_000;

let state = NOTHING;
let checkedAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

function change(next: Partial<LogCheck>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** Reads again what is stored; another tab may have raised the alarm or acknowledged it. */
function readStored(): Pick<LogCheck, 'alarm' | 'evidence'> {
  try {
    return { alarm: readAlarm(localStorage), evidence: readEvidence(localStorage) };
  } catch {
    return { alarm: null, evidence: [] };
  }
}

function hearOthers(event: StorageEvent): void {
  if (event.key === null || STORED.has(event.key)) change(readStored());
}

/** Calls back on every change. @returns a function that stops it */
export function watchLogCheck(listener: () => void): () => void {
  if (listeners.size === 0) {
    window.addEventListener('storage', hearOthers);
    change(readStored());
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', hearOthers);
  };
}

export function currentLogCheck(): LogCheck {
  return state;
}

/** For the first HTML, where nothing is known. */
export function noLogCheck(): LogCheck {
  return NOTHING;
}

/** Checks the log, unless it was checked a moment ago or is being checked. */
export async function checkLogNow(): Promise<void> {
  if (state.isChecking || performance.now() - checkedAt < FRESH_FOR) return;
  change({ isChecking: true });
  try {
    const { runCheck } = await import('./run-check.ts');
    const result = await runCheck();
    checkedAt = performance.now();
    change({ result, isChecking: false, ...readStored() });
  } catch {
    // The code or the storage can't be had: nothing was compared, and nothing is said.
    const result = { kind: 'unanswered', at: new Date().toISOString(), since: null } as const;
    change({ result, isChecking: false });
  }
}

/** Pins the log anew after an alarm. @returns whether it could be done */
export async function acknowledgeNow(alarm: Alarm): Promise<boolean> {
  const { acknowledge } = await import('./run-check.ts');
  const isDone = await acknowledge(alarm);
  change(readStored());
  if (isDone) {
    checkedAt = Number.NEGATIVE_INFINITY;
    await checkLogNow();
  }
  return isDone;
}
