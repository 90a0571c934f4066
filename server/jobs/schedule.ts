import type { App } from '#server/app.ts';
import { forgetChallenges } from '#server/auth/passkeys.ts';
import { forgetTries } from '#server/auth/sign-in-limit.ts';
import type { Cohorts } from '#server/incidents/cohort.ts';
import { openTending } from '#server/incidents/tend.ts';
import { revertCalms } from './calm.ts';
import { endHostSessions } from './host-sessions.ts';
import type { Job } from './loop.ts';
import { purgeEnded } from './purge.ts';
import { purgePlatformAccess } from './purge-platform-access.ts';
import { purgeSignIns } from './purge-sign-ins.ts';
import { endRemovals, expireDropped } from './seats.ts';

export interface ScheduleOptions {
  app: Pick<App, 'db' | 'act' | 'committed'>;
  cohorts: Cohorts;
  /** How long someone dropped keeps role and hand, in milliseconds. Default 5 min. */
  graceMs?: number;
  /** How long an ended room is kept, in milliseconds. Default 10 min. */
  purgeAfterMs?: number;
  /** Brings presence by socket in line with the sockets there are; see `Sockets`. */
  reconcilePresence?: () => Promise<unknown>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Everything that happens by itself. */
export function scheduleOf(options: ScheduleOptions): Job[] {
  const { app, cohorts, reconcilePresence } = options;
  const { graceMs = 5 * MINUTE, purgeAfterMs = 10 * MINUTE } = options;
  const jobs: Job[] = [
    { name: 'revert_calms', everyMs: SECOND, run: (now) => revertCalms(app, now) },
    { name: 'end_removals', everyMs: SECOND, run: (now) => endRemovals(app, now) },
    {
      name: 'expire_dropped',
      everyMs: 5 * SECOND,
      run: (now) => expireDropped(app, now, graceMs),
    },
    { name: 'end_host_sessions', everyMs: 10 * SECOND, run: () => endHostSessions(app.db) },
    { name: 'tend_incidents', everyMs: 2 * SECOND, run: openTending(app) },
    {
      name: 'purge_ended',
      everyMs: MINUTE,
      run: (now) => purgeEnded(app.db, now, purgeAfterMs),
    },
    { name: 'purge_sign_ins', everyMs: 60 * MINUTE, run: () => purgeSignIns(app.db) },
    {
      name: 'purge_platform_access',
      everyMs: 60 * MINUTE,
      run: () => purgePlatformAccess(app.db),
    },
    { name: 'forget_tries', everyMs: 60 * MINUTE, run: () => forgetTries(app.db) },
    { name: 'forget_challenges', everyMs: 10 * MINUTE, run: () => forgetChallenges(app.db) },
    { name: 'forget_cohorts', everyMs: 10 * MINUTE, run: (now) => cohorts.forget(now) },
  ];
  if (reconcilePresence) {
    jobs.push({ name: 'reconcile_presence', everyMs: 30 * SECOND, run: () => reconcilePresence() });
  }
  return jobs;
}
