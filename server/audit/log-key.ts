import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ED25519,
  formatPrivateKey,
  formatVkey,
  makeVerifierKey,
  parsePrivateKey,
  type SignerKey,
} from '#app/domain/audit/tlog/key.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { LogConfig } from '#server/config.ts';
import { publicKeyOf } from './ed25519.ts';
import { sha256 } from './sha256.ts';

/** The log's private keys; every one signs, the first is the one to stay. At least one. */
export type LogKeys = readonly SignerKey[];

/** Where the log's key is: the file given, or one in the data directory. */
export function logKeyFile({ keyFile }: Pick<LogConfig, 'keyFile'>, dataDir: string): string {
  return keyFile ?? join(dataDir, 'log-key');
}

/** A new key of a log, named after its origin. */
export function makeLogKey(origin: string): SignerKey {
  const seed = new Uint8Array(randomBytes(32));
  return { ...makeVerifierKey(sha256, origin, ED25519, publicKeyOf(seed)), seed };
}

/** What a file of these keys holds. */
export function formatLogKeys(keys: LogKeys): string {
  return keys.map((key) => `${formatPrivateKey(key)}\n`).join('');
}

/** Makes a file with a first key, for its owner's eyes only. @returns false when it is there */
export function createLogKey(file: string, origin: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  try {
    const text = formatLogKeys([makeLogKey(origin)]);
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Reads a file of keys.
 * @param strict refuse a file that others than its owner may read, as in production
 * @throws with a message for people, which tells nothing of the keys
 */
export function readLogKeys(file: string, origin: string, strict: boolean): LogKeys {
  const text = readText(file);
  if (strict && process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new Error(`The log's key ${file} is open to others than its owner: chmod 600 it.`);
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new Error(`The log's key file ${file} is empty.`);
  const keys = lines.map((line, index) => {
    try {
      return parsePrivateKey(sha256, line.trim(), publicKeyOf);
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      throw new Error(`Line ${index + 1} of the log's key file ${file}: ${error.message}.`);
    }
  });
  for (const { name, algorithm } of keys) {
    if (name !== origin || algorithm !== ED25519) {
      throw new Error(`${file} holds a key of the log ${name}; LOG_ORIGIN is ${origin}.`);
    }
  }
  if (new Set(keys.map(formatVkey)).size < keys.length) {
    throw new Error(`${file} holds a key twice.`);
  }
  return keys;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = code === 'ENOENT' ? ' `rostrum audit rotate-key` makes a first one.' : '';
    throw new Error(`The log's key ${file} can't be read (${code}).${hint}`);
  }
}

/** Reads the file again only when it has changed: a rotated key signs without a restart. */
export function openLogKeys(file: string, origin: string, strict: boolean): () => LogKeys {
  let seen = '';
  let keys: LogKeys = [];
  return () => {
    const found = statSync(file, { throwIfNoEntry: false });
    const now = found && [found.ino, found.mtimeMs, found.size, found.mode].join();
    if (now === undefined || now !== seen) {
      keys = readLogKeys(file, origin, strict);
      seen = now ?? '';
    }
    return keys;
  };
}
