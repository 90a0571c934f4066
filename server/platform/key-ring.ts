import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from '#app/domain/platform/view.ts';
import type { Db } from '#db/client.ts';
import type { PlatformKey } from '#server/config/keys.ts';
import { hashKey, idInSecret } from './key-secret.ts';

export interface KeyRing {
  /** The key that a bearer secret proves, as it holds now; null for none. @throws without a database */
  find(secret: string): Promise<PlatformKey | null>;
  /** Looks at every key anew: one was changed. */
  forget(): void;
}

export interface KeyRingOptions {
  db: Db;
  /** Keys of the configuration. */
  configured: readonly PlatformKey[];
  /** Told when the last use of a key could not be written. */
  failed(error: unknown): void;
  now?: () => number;
}

/** How long what was read of a key is believed, in milliseconds: so late is a revocation elsewhere. */
const BELIEVED = 2_000;
/** How often the use of a key is written down, in milliseconds. */
const NOTED_EVERY = 60_000;
/** Most keys remembered; there are never that many. */
const LARGEST = 1_000;

interface Known {
  at: number;
  notedAt: number;
  record: Promise<KeyRecord | null>;
}

interface KeyRecord {
  hash: Buffer;
  expiresAt: number | null;
  key: PlatformKey;
}

/** Tells who calls by keys of the database, read anew every two seconds, and of the configuration. */
export function openKeyRing(options: KeyRingOptions): KeyRing {
  const { db, configured, failed, now = Date.now } = options;
  const known = new Map<string, Known>();

  function look(id: string): Known {
    const before = known.get(id);
    if (before && now() - before.at < BELIEVED) return before;
    if (known.size >= LARGEST) known.clear();
    const record = readKey(db, id);
    const entry = { at: now(), notedAt: before?.notedAt ?? 0, record };
    known.set(id, entry);
    // What failed is not believed.
    record.catch(() => known.get(id) === entry && known.delete(id));
    return entry;
  }

  async function findStored(id: string, secret: string): Promise<PlatformKey | null> {
    const entry = look(id);
    const record = await entry.record;
    if (!record || !timingSafeEqual(record.hash, Buffer.from(hashKey(secret), 'hex'))) return null;
    if (record.expiresAt !== null && record.expiresAt <= now()) return null;
    if (now() - entry.notedAt >= NOTED_EVERY) {
      entry.notedAt = now();
      noteUse(db, id).catch(failed);
    }
    return record.key;
  }

  return {
    async find(secret) {
      const id = idInSecret(secret);
      return id === null ? findConfigured(configured, secret) : findStored(id, secret);
    },
    forget: () => known.clear(),
  };
}

function findConfigured(keys: readonly PlatformKey[], secret: string): PlatformKey | null {
  const hash = createHash('sha256').update(secret).digest();
  // Every key is compared, so that the time says nothing about which came near.
  return keys.filter((key) => timingSafeEqual(key.hash, hash))[0] ?? null;
}

async function readKey({ sql }: Db, id: string): Promise<KeyRecord | null> {
  const [row] = await sql<
    { hash: string; scopes: Scope[]; calls: number | null; expires_at: Date | null }[]
  >`
    select secret_hash as hash, scopes, calls_per_minute as calls, expires_at
    from platform_key
    where id = ${id} and revoked_at is null and (expires_at is null or expires_at > now())`;
  if (!row) return null;
  const hash = Buffer.from(row.hash, 'hex');
  const key = { id, hash, scopes: new Set(row.scopes), callsPerMinute: row.calls };
  return { hash, expiresAt: row.expires_at?.getTime() ?? null, key };
}

/** Not in the call's own transaction, and once a minute whatever the number of processes. */
async function noteUse({ sql }: Db, id: string): Promise<void> {
  await sql`
    update platform_key set last_used_at = now()
    where id = ${id} and coalesce(last_used_at < now() - interval '1 minute', true)`;
}
