import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that goes when all tests of a file are over. */
export function makeLastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-log-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
