import { acknowledgeAlarm, type CheckDeps, type CheckResult, checkLog } from './check-log.ts';
import { canVerify, verifyEd25519 } from './ed25519.ts';
import type { Alarm } from './kept.ts';
import { ownLogFiles } from './log-files.ts';

const ASK_AGAIN_AFTER = 3_000;

async function deps(): Promise<CheckDeps> {
  return {
    files: ownLogFiles,
    store: localStorage,
    verify: (await canVerify()) ? verifyEd25519 : null,
    now: () => new Date(),
    pause: () => new Promise((go) => setTimeout(go, ASK_AGAIN_AFTER)),
  };
}

/** Checks this origin's log in this browser. */
export async function runCheck(): Promise<CheckResult> {
  return checkLog(await deps());
}

/** Pins anew. @returns whether it could be done */
export async function acknowledge(alarm: Alarm): Promise<boolean> {
  return acknowledgeAlarm(await deps(), alarm);
}
