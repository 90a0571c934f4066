import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVkey, type SignerKey } from '#app/domain/audit/tlog/key.ts';
import { openDb } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { createLogKey, readLogKeys } from '#server/audit/log-key.ts';
import { openSequencer } from '#server/audit/sequencer/sequencer.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { eventually } from '#test/support/server.ts';

/** A log that a sequencer signed and published in several steps. */
export interface SignedRun {
  origin: string;
  /** The log's own key, with which the platform itself may cheat. */
  key: SignerKey;
  vkey: string;
  /** The folder of published files. */
  site: string;
  /** A file with the checkpoint after each lot, smallest first. */
  kept: string[];
  remove(): void;
}

/** So many acts, or work that puts some on the record. */
type Lot = number | (() => Promise<unknown>);

/** Appends lots of acts, and has a sequencer sign and publish after each. */
export async function runSigned(
  { db, sequencerUrl }: Pick<TestDatabase, 'db' | 'sequencerUrl'>,
  lots: readonly Lot[],
  origin = 'foreign.example/log',
): Promise<SignedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-signed-'));
  const [keyFile, site] = [join(folder, 'log-key'), join(folder, 'site')];
  createLogKey(keyFile, origin);
  const [key] = readLogKeys(keyFile, origin, true) as [SignerKey];
  const complaints: unknown[] = [];
  const sequencer = openSequencer({
    db: openDb({ url: sequencerUrl, max: 1 }),
    log: { info: () => {}, error: (...said: unknown[]) => void complaints.push(said) },
    origin,
    keyFile,
    strictKey: true,
    dataDir: folder,
    publishDir: site,
    everyMs: 20,
  });
  const kept: string[] = [];
  for (const lot of lots) {
    if (typeof lot === 'number') {
      await db.begin((tx) =>
        appendAudit(
          tx,
          Array.from({ length: lot }, (_, n) => act(n)),
        ),
      );
    } else {
      await lot();
    }
    const [{ size }] = await db.sql<
      [{ size: number }]
    >`select count(*)::int as size from audit.event`;
    await eventually(
      () => publishedSize(site),
      (published) => published === size,
      20_000,
    );
    const file = join(folder, `kept-${size}`);
    cpSync(join(site, 'checkpoint'), file);
    kept.push(file);
  }
  await sequencer.stop();
  if (complaints.length > 0) throw new Error(JSON.stringify(complaints));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { origin, key, vkey: formatVkey(key), site, kept, remove };
}

function publishedSize(site: string): number {
  try {
    return Number(readFileSync(join(site, 'checkpoint'), 'utf8').split('\n')[1]);
  } catch {
    return 0;
  }
}

/** Acts of many forms, with texts of many scripts. */
function act(n: number): AuditEntry {
  const [member, room] = [`member:${randomUUID()}`, `room:${n % 7}`];
  const links = n % 3 === 0 ? { correlation: randomUUID() } : {};
  return {
    action: ['room.locked', 'participant.muted', 'note.written'][n % 3] as string,
    outcome: n % 5 === 0 ? 'refused' : 'accepted',
    occurred_at: 1_612_701_296_789 + n,
    actor: `operator:${n % 4}`,
    target_type: 'participant',
    target: member,
    room,
    ...links,
    fields: [
      { name: 'reason', value: ['zu laut', '太吵了 🎙', 'كفى "الآن"\n'][n % 3], subject: member },
      { name: 'before', value: { muted: n % 2 === 0, since: null, ranks: [1, 2.5] } },
    ],
  };
}
