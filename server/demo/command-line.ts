import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

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

/** Publishes the demo's policy, unless it is the one in force. */
export async function publishPolicy(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = join(root, 'server/demo/policy.json');
  await rostrum(root, env, ['policy', 'publish', file, '--reason', 'A world to try this in']);
}
