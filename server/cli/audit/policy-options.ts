import type { Command } from 'commander';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { readPinFile } from '#server/audit/verify/pin-file.ts';
import {
  joinPolicies,
  NO_POLICY,
  type Policy,
  parsePolicy,
  readLogKey,
} from '#server/audit/verify/policy.ts';
import { readText } from './read-text.ts';

/** What says whom to believe. */
export interface PolicyOptions {
  policy?: string;
  vkey?: string[];
  pins?: string[];
  origin?: string;
}

/** Adds the options that say whom to believe. */
export function takePolicy(command: Command): Command {
  return command
    .option('--vkey <vkey...>', "the log's public key, name+id+key, from someone you trust")
    .option('--policy <file>', 'JSON with origin, vkeys, pins, witnesses and quorum')
    .option('--pins <file...>', 'checkpoints seen before, lines of origin, size and root')
    .option('--origin <origin>', 'the name of the log');
}

/**
 * The policy that options name.
 * @param more files of pins to read besides
 * @throws {TlogError} unreadable
 */
export async function readPolicy(
  options: PolicyOptions,
  more: readonly string[] = [],
): Promise<Policy> {
  const { policy: file, vkey = [], pins = [], origin } = options;
  const given = file === undefined ? NO_POLICY : parsePolicy(await readText(file), file);
  const found = (await Promise.all([...pins, ...more].map(readPinFile))).flat();
  const named = origin ?? given.origin ?? originOf(found);
  return joinPolicies(given, {
    ...(named !== undefined && { origin: named }),
    logKeys: vkey.map((key) => readLogKey(key, '--vkey')),
    pins: found.filter((pin) => pin.origin === named),
  });
}

function originOf(pins: readonly { origin: string }[]): string | undefined {
  const [first, ...others] = new Set(pins.map(({ origin }) => origin));
  if (others.length === 0) return first;
  throw new TlogError('unreadable', 'the pins are of several logs: say which with --origin');
}
