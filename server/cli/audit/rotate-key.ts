import { logKeyFile } from '#server/audit/log-key.ts';
import { rotateLogKey } from '#server/audit/rotate-log-key.ts';
import { logDirectory } from '#server/audit/sequencer/start.ts';
import type { Run } from '#server/cli/run.ts';
import { CLI_ACTOR, CommandError, withDatabase } from '#server/cli/session.ts';

const REFUSALS = {
  nothing_to_retire: 'There is only one key: add the next one first, without --retire.',
  not_signed_yet: 'The newest checkpoint is not signed by the new key yet: try again in a minute.',
};

/** `rostrum audit rotate-key`: adds a key to the log's, or drops the old ones. */
export function rotateKey(run: Run, { retire = false }: { retire?: boolean }): Promise<void> {
  return withDatabase(run, async ({ db, config, dataDir }) => {
    const { auditLog, production: strict } = config;
    const file = logKeyFile(auditLog, logDirectory(config.dataDir, { dataDir }));
    const input = { file, origin: auditLog.origin, strict, retire };
    const rotated = await rotateLogKey(db, CLI_ACTOR, input);
    if (!rotated.ok) throw new CommandError(REFUSALS[rotated.reason]);
    run.remark(`The log is signed with the key(s) in ${file}; hand out the public ones:`);
    for (const vkey of rotated.after) run.print(vkey);
  });
}
