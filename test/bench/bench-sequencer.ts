import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '#db/client.ts';
import { createLogKey } from '#server/audit/log-key.ts';
import { openSequencer, type SequencerOptions } from '#server/audit/sequencer/sequencer.ts';
import type { BenchDatabase } from './database.ts';

const ORIGIN = 'bench.example/log';

/** What sequences a database's log under a key of its own. */
export function prepareBenchSequencer(database: BenchDatabase) {
  const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-bench-log-'));
  const keyFile = join(dataDir, 'log-key');
  createLogKey(keyFile, ORIGIN);
  const options: SequencerOptions = {
    db: openDb({ url: database.sequencerUrl, max: 1 }),
    log: {
      info: () => {},
      error(fields: unknown, words?: unknown) {
        throw new Error(`The sequencer complains: ${words ?? fields}`);
      },
    },
    origin: ORIGIN,
    keyFile,
    strictKey: true,
    dataDir,
  };
  return {
    options,
    async close() {
      await options.db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts sequencing as the server does. */
export async function openBenchSequencer(database: BenchDatabase) {
  const prepared = prepareBenchSequencer(database);
  const sequencer = openSequencer(prepared.options);
  return {
    async stop() {
      await sequencer.stop();
      await prepared.close();
    },
  };
}
