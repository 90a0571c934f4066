import { LogHalted } from '#server/audit/sequencer/halt.ts';
import { makeMonths } from '#server/audit/sequencer/month-maker.ts';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { prepareSequencer } from '#server/audit/sequencer/start.ts';
import type { Run } from '#server/cli/run.ts';
import { CommandError, withDatabase } from '#server/cli/session.ts';

/** `rostrum audit sequence`: makes the months ahead, takes what waits into the tree, signs, publishes, and ends. */
export function sequence(run: Run): Promise<void> {
  return withDatabase(run, async ({ config, dataDir, sequencerUrl }) => {
    const prepared = await prepareSequencer(config, { dataDir, sequencerUrl });
    if (prepared === null) throw new CommandError('SEQUENCER_DATABASE_URL is missing.');
    const { db, publishDir } = prepared;
    try {
      await makeMonths(db.sql);
      const done = await sequenceAll(prepared);
      if (done === null) throw new CommandError('Another process sequences the log just now.');
      const files = publishDir === undefined ? 0 : await publishFiles(db.sql, publishDir);
      run.print(`${done.taken} event(s) taken; the log has ${done.head.size}, and is signed.`);
      if (files > 0) run.print(`${files} file(s) written to ${publishDir}.`);
    } catch (error) {
      if (!(error instanceof LogHalted)) throw error;
      throw new CommandError(
        `The log contradicts itself, so nothing was signed: ${error.message}.`,
      );
    } finally {
      await db.close();
    }
  });
}
