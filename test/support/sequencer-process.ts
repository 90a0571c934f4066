// Sequences in a process of its own and kills itself, as `kill -9` would, after the step that its
// arguments name: what they are is JSON of `SequencerProcess`.
import { openDb } from '#db/client.ts';
import type { Step } from '#server/audit/sequencer/pass.ts';
import { type PublishStep, publishFiles } from '#server/audit/sequencer/publish.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';

export interface SequencerProcess {
  url: string;
  origin: string;
  keyFile: string;
  dataDir: string;
  folder: string;
  /** After the how manieth time, counted from 1. */
  dieAfter: { step: Step | PublishStep; time: number } | null;
}

const told: SequencerProcess = JSON.parse(process.argv[2] as string);
let times = 0;

function step(done: Step | PublishStep): void {
  if (done !== told.dieAfter?.step || ++times < told.dieAfter.time) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal must have come before anything else is done.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

const db = openDb({ url: told.url, max: 1 });
const { origin, keyFile, dataDir, folder } = told;
await sequenceAll({ db, origin, keyFile, dataDir, strictKey: true, batchSize: 200, step });
await publishFiles(db.sql, folder, step);
await db.close();
