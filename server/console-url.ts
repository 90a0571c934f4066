import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const name = 'console-url';

/** Notes in the data directory where the console answers, for links the command line prints. */
export function noteConsoleUrl(dataDir: string, url: string): () => void {
  const file = join(dataDir, name);
  writeFileSync(file, `${url}\n`);
  return () => rmSync(file, { force: true });
}

/** Where the console of this data directory answers now, or null when none runs. */
export function findConsoleUrl(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, name), 'utf8').trim();
  } catch {
    return null;
  }
}
