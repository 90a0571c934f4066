import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Sql } from './client.ts';

const folder = join(import.meta.dirname, 'migrations');
/** No such table, no right to see it, no such schema: a database nobody has migrated. */
const UNMIGRATED = new Set(['42P01', '42501', '3F000']);

interface Wanted {
  plain: Map<string, string>;
  generated: Set<string>;
}
let wanted: Wanted | undefined;

/**
 * Whether the database has exactly this code's migrations.
 * @throws when it can't be reached
 */
export async function isMigrated(sql: Sql): Promise<boolean> {
  wanted ??= readWanted();
  const { plain, generated } = wanted;
  try {
    const [files, hashes] = await Promise.all([
      sql<{ name: string; hash: string }[]>`select name, hash from migration.plain_file`,
      sql<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`,
    ]);
    return (
      files.length === plain.size &&
      files.every(({ name, hash }) => plain.get(name) === hash) &&
      hashes.length === generated.size &&
      hashes.every(({ hash }) => generated.has(hash))
    );
  } catch (error) {
    if (UNMIGRATED.has((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

function readWanted(): Wanted {
  const audit = join(folder, 'audit');
  const names = readdirSync(audit).filter((name) => name.endsWith('.sql'));
  const hashOf = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(audit, name), 'utf8'))
      .digest('hex');
  return {
    plain: new Map(names.map((name) => [name, hashOf(name)])),
    generated: new Set(readMigrationFiles({ migrationsFolder: folder }).map(({ hash }) => hash)),
  };
}
