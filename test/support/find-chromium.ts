import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';

/** Unpacks the browser for this account: what another one has unpacked it may not run. */
export async function findChromium(): Promise<string> {
  const before = process.env.TMPDIR;
  const own = join(tmpdir(), `rostrum-chromium-${userInfo().uid}`);
  mkdirSync(own, { recursive: true });
  process.env.TMPDIR = own;
  try {
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
