import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import {
  COSIGNATURE_V1,
  formatPrivateKey,
  formatVkey,
  isKeyName,
  makeVerifierKey,
  parsePrivateKey,
  type SignerKey,
  type VerifierKey,
} from '#app/domain/audit/tlog/key.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { publicKeyOf } from '#server/audit/ed25519.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { readLogKey } from '#server/audit/verify/policy.ts';
import { openWitness } from '#server/audit/witness/witness.ts';
import { witnessServer } from '#server/audit/witness/witness-server.ts';
import { openWitnessState } from '#server/audit/witness/witness-state.ts';
import type { Run } from '#server/cli/run.ts';
import { failCheck } from './tell.ts';

export interface RunWitnessOptions {
  name: string;
  log: string[];
  key: string;
  state: string;
  /** `host:port`; port 0 for any. */
  listen: string;
}

/** `rostrum audit witness`: cosigns checkpoints of logs that only grow, until it is stopped. */
export async function witness(run: Run, options: RunWitnessOptions): Promise<void> {
  try {
    const key = await readOrMakeKey(options.key, options.name);
    const logs = new Map<string, VerifierKey[]>();
    for (const vkey of options.log) {
      const log = readLogKey(vkey, '--log');
      logs.set(log.name, [...(logs.get(log.name) ?? []), log]);
    }
    const state = readState(options.state);
    const server = witnessServer(openWitness({ key, logs, state }), (line) =>
      run.print(`${new Date().toISOString()} ${line}`),
    );
    const { host, port } = readAddress(options.listen);
    server.listen(port, host);
    await once(server, 'listening');
    const { port: bound } = server.address() as AddressInfo;
    run.print(`vkey ${formatVkey(key)}`);
    run.print(`listening on http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    server.close();
    server.closeAllConnections();
  } catch (error) {
    failCheck(run, error);
  }
}

function readState(path: string) {
  try {
    return openWitnessState(path);
  } catch (error) {
    throw new TlogError('unreadable', `${path} can't be used: ${(error as Error).message}`);
  }
}

function readAddress(listen: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d{1,5})$/.exec(listen) ?? [];
  if (host === '' || Number(port) > 65_535) {
    throw new TlogError('unreadable', '--listen takes an address and a port, as 127.0.0.1:8080');
  }
  return { host, port: Number(port) };
}

async function readOrMakeKey(path: string, name: string): Promise<SignerKey> {
  if (!isKeyName(name)) throw new TlogError('unreadable', '--name has no white space and no plus');
  const made = makeKey(name);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${formatPrivateKey(made)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return made;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new TlogError('unreadable', `${path} can't be written (${code})`);
  }
  const key = parsePrivateKey(sha256, (await readFile(path, 'utf8')).trim(), publicKeyOf);
  if (key.name !== name || key.algorithm !== COSIGNATURE_V1) {
    throw new TlogError('unreadable', `${path} is not the key of a witness named ${name}`);
  }
  return key;
}

function makeKey(name: string): SignerKey {
  const seed = new Uint8Array(randomBytes(32));
  return { ...makeVerifierKey(sha256, name, COSIGNATURE_V1, publicKeyOf(seed)), seed };
}
