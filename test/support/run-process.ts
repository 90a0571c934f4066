import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const checkout = join(import.meta.dirname, '../..');
const preloads = ['--import', join(import.meta.dirname, 'drizzle-format.ts')];
/** Beside the other things made from this checkout: what a program was compiled to serves the next. */
const NODE_COMPILE_CACHE = join(checkout, 'node_modules/.cache/node-compile');

/** Only what a program needs of this one's environment, so that nothing of the test run leaks. */
function environmentWith(more: Record<string, string>): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, ...(TMPDIR !== undefined && { TMPDIR }), ...more };
}

/** Starts one of this checkout's programs. */
export function startProgram(
  path: string,
  args: string[],
  environment: Record<string, string>,
): ChildProcess {
  return spawn(process.execPath, [...preloads, join(checkout, path), ...args], {
    env: environmentWith(environment) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Ended {
  code: number | null;
  out: string;
  complaint: string;
}

/** Runs one of this checkout's programs to its end. */
export async function runProgram(
  path: string,
  args: string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const child = startProgram(path, args, environment);
  const [code, out, complaint] = await Promise.all([
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  return { code, out, complaint };
}
