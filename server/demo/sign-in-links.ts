import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `rostrum` with the server's environment. @returns what it printed, or null if refused */
async function rostrum(root: string, env: NodeJS.ProcessEnv, args: string[]) {
  const script = join(root, 'server/cli/rostrum.ts');
  const child = spawn(process.execPath, [script, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, complaint, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
  ]);
  // 1: refused, such as a name that is taken. Anything else is broken.
  if (code !== 0 && code !== 1) throw new Error(`rostrum ${args[0]} failed: ${complaint}`);
  return code === 0 ? out.trim() : null;
}

/** A fresh one-time link for an operator, who is added first if need be. */
export async function linkForOperator(
  root: string,
  env: NodeJS.ProcessEnv,
  name: string,
  role: string,
): Promise<string> {
  const link =
    (await rostrum(root, env, ['operator', 'add', name, '--role', role])) ??
    (await rostrum(root, env, ['operator', 'link', name]));
  if (link === null) throw new Error(`There is no link for ${name}`);
  return link;
}

/** A fresh one-time link for a host, as soon as they are known. */
export async function linkForHost(
  root: string,
  env: NodeJS.ProcessEnv,
  room: string,
  member: string,
): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const link = await rostrum(root, env, ['host-link', '--room', room, '--member', member]);
    if (link !== null) return link;
    await sleep(1_000);
  }
  throw new Error(`The host of ${room} never came`);
}
