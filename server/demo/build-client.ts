import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SOURCES = ['app', 'public', 'package.json', 'vite.config.ts'];
const BUILT = join('build', 'server', 'index.js');

/**
 * Builds the console when it was never built, or when a source is newer than what was built.
 * @param root absolute path of the checkout
 * @throws with a message for people when it can't be built
 */
export function buildClient(root: string, log: (line: string) => void): void {
  const built = join(root, BUILT);
  const newest = Math.max(...SOURCES.map((name) => newestIn(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  log('Building the console …');
  const { status, stderr } = spawnSync(process.execPath, [findRemix(root), 'vite:build'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) throw new Error(`The console can't be built:\n${stderr}`);
}

function newestIn(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

function findRemix(root: string): string {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve(
      '@remix-run/dev/package.json',
    );
    return join(dirname(manifest), 'dist', 'cli.js');
  } catch {
    throw new Error('The demo builds the console and needs the development packages: npm ci');
  }
}
