import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach } from 'vitest';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle, takeUp } from '#test/support/lived-log.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';

/**
 * A log with a life behind it, for each test in a database of its own: lived once, then copied.
 * @param more what happened in it besides
 */
export function useLivedCopies(
  more: (base: TestDatabase, log: LivedLog) => Promise<unknown> = async () => {},
): { base: TestDatabase; log: LivedLog } {
  const current = {} as { base: TestDatabase; log: LivedLog };
  const folder = makeLastingFolder();
  let first: TestDatabase;
  let lived: LivedLog;
  beforeAll(async () => {
    first = await cloneDatabase();
    lived = await liveALittle(first, folder);
    await more(first, lived);
    await first.db.close();
    return () => first.drop();
  });
  beforeEach(async () => {
    const dataDir = makeFolder();
    cpSync(folder, dataDir, { recursive: true });
    const base = await cloneDatabase(first);
    const log = takeUp(base, dataDir, { ...lived, keyFile: join(dataDir, 'log-key') });
    Object.assign(current, { base, log });
    return () => base.drop();
  });
  return current;
}
