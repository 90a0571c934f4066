import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/**
 * Checks that the generated migrations say what db/schema says: generates once more into a copy,
 * which must add nothing. Exits with 1 and the reason when it does.
 */
function checkMigrations(): string | undefined {
  const checkout = resolve(import.meta.dirname, '..');
  const copy = mkdtempSync(join(tmpdir(), 'rostrum-drift-'));
  try {
    cpSync(join(checkout, 'db/migrations'), copy, { recursive: true });
    const before = readdirSync(copy);
    // drizzle-kit takes relative paths only.
    const out = relative(checkout, copy);
    const program = join(checkout, 'node_modules/drizzle-kit/bin.cjs');
    for (const args of [
      ['check', '--dialect', 'postgresql', '--out', out],
      ['generate', '--dialect', 'postgresql', '--schema', './db/schema/*.ts', '--out', out],
    ]) {
      // No input: a question about a renamed column is drift too.
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd: checkout,
        encoding: 'utf8',
        input: '',
        timeout: 60_000,
      });
      if (status !== 0) return `drizzle-kit ${args[0]} failed:\n${stdout}${stderr}`;
    }
    const added = readdirSync(copy).filter((name) => !before.includes(name));
    if (added.length > 0) return `db/schema has changes without a migration: run npm run generate`;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const problem = checkMigrations();
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
