import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { FINGERPRINT_FILE, readFingerprint } from './fingerprint.ts';
import { withSnapshot } from './owner-database.ts';

// Writes what `rostrum audit verify` expects of a database, from one freshly migrated. Run it after
// every new migration: npm run fingerprint
const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-fingerprint-'));
const server = await startEmbedded({ dataDir, durable: false });
try {
  const { ownerUrl, appPassword, sequencerPassword } = server;
  await migrate({ ownerUrl, appPassword, sequencerPassword });
  const print = await withSnapshot(ownerUrl, readFingerprint);
  writeFileSync(FINGERPRINT_FILE, `${JSON.stringify(print, null, 2)}\n`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
