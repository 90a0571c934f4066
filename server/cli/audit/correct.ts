import { openDb } from '#db/client.ts';
import { type CorrectionRefusal, correctEvent } from '#server/audit/correct-event.ts';
import { proveWho } from '#server/cli/prove-who.ts';
import type { Run } from '#server/cli/run.ts';
import { CommandError, withDatabase } from '#server/cli/session.ts';
import { withGivenDatabase } from './given-database.ts';

const WORDS: Record<CorrectionRefusal, string> = {
  forbidden: 'Only an enabled operator who is lead or admin corrects the log.',
  invalid:
    'A reason has 1–500 characters; an erasure, or what was refused, is not to be corrected.',
  event_not_found: 'There is no such event.',
  corrected: 'This event has been corrected, or corrects another.',
};

export interface CorrectOptions {
  by: string;
  reason: string;
  inConsole?: true;
}

/** `rostrum audit correct`: declares that an event says what never was. */
export function correct(
  run: Run,
  event: string,
  { by, reason, inConsole }: CorrectOptions,
): Promise<void> {
  return withDatabase(run, async (session) => {
    const claim = { named: by, purpose: 'correction', inConsole } as const;
    const operator = await proveWho(run, session, claim);
    await withGivenDatabase(run.env, undefined, async ({ ownerUrl }) => {
      if (ownerUrl === null) throw new CommandError('DATABASE_OWNER_URL is missing.');
      const owner = openDb({ url: ownerUrl, max: 1 });
      try {
        const done = await correctEvent(owner.sql, { event, by: operator, why: reason });
        if (!done.ok) throw new CommandError(WORDS[done.reason]);
        run.print(done.event);
        run.remark('On the record. Each check of the database says so from now on.');
      } finally {
        await owner.close();
      }
    });
  });
}
