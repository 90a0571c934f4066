import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

/**
 * Where to keep a test's database: in memory where there is room to spare, since making a thousand
 * files on a disk is most of what a database of a test costs.
 */
export function roomyFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > 4e9 ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
