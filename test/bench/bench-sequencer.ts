import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '#db/client.ts';
import { createLogKey } from '#server/audit/log-key.ts';
import { openSequencer } from '#server/audit/sequencer/sequencer.ts';
import type { BenchDatabase } from './database.ts';

const ORIGIN = 'bench.example/log';

/** Sequences a database's log as the server does, under a key of its own. */
export async function openBenchSequencer(database: BenchDatabase) {
  const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-bench-log-'));
  const keyFile = join(dataDir, 'log-key');
  createLogKey(keyFile, ORIGIN);
  const sequencer = openSequencer({
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
  });
  return {
    sequencer,
    async stop() {
      await sequencer.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
