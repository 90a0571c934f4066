import crypto from 'node:crypto';
import { availableParallelism } from 'node:os';
import { KEY_LENGTH, METHODS, PREFERRED_METHOD } from './derive-key.ts';
import { type HashingProcess, openHashingProcess } from './hashing-process.ts';
import { openLanes } from './lanes.ts';

/**
 * Hashes passwords in a process of its own, a few at a time. Null: too many wait, one waited too long,
 * or the process doesn't answer; try again later.
 */
export interface PasswordHasher {
  /** @returns a PHC string */
  hash(password: string): Promise<string | null>;
  /** @param stored null: there is none to compare with, which takes as long and answers false */
  verify(password: string, stored: string | null): Promise<boolean | null>;
}

/**
 * Milliseconds between two sign-ins of a rush. What follows a hash, the session and its record, is
 * not the hashing process's: a mute must not wait behind dozens of them a second.
 */
const REST_MS = 60;
/** Longest wait for a turn, in milliseconds: as long as all that may wait take on a machine that isn't stuck. */
const PATIENCE_MS = 20_000;

export interface HasherOptions {
  /** Hashes at the same time. Default: one core stays free for everything else. */
  lanes?: number;
  /** How many more may wait for their turn; default 64. */
  waiting?: number;
  process?: HashingProcess;
  /** Longest wait for a turn, in milliseconds; default 20 s. */
  patienceMs?: number;
}

export function openPasswordHasher({
  lanes = Math.max(1, Math.min(4, availableParallelism() - 1)),
  waiting = 64,
  process = openHashingProcess(),
  patienceMs = PATIENCE_MS,
}: HasherOptions = {}): PasswordHasher {
  const queue = openLanes(lanes, { most: waiting, patienceMs, restMs: REST_MS });
  const none = format(PREFERRED_METHOD, crypto.randomBytes(16), crypto.randomBytes(KEY_LENGTH));
  return {
    hash(password) {
      const salt = crypto.randomBytes(16);
      return queue.run(async () => {
        const key = await process.derive(PREFERRED_METHOD, password, salt);
        return key && format(PREFERRED_METHOD, salt, key);
      });
    },
    verify(password, stored) {
      const { method, salt, key } = parse(stored ?? none);
      return queue.run(async () => {
        const given = await process.derive(method, password, salt);
        if (given === null) return null;
        return given.length === key.length && crypto.timingSafeEqual(given, key) && stored !== null;
      });
    },
  };
}

function format(name: string, salt: Buffer, key: Buffer): string {
  return `$${name}$${toText(salt)}$${toText(key)}`;
}

/** @throws when the method is unknown here, such as Argon2 after going back to an older Node */
function parse(stored: string): { method: string; salt: Buffer; key: Buffer } {
  const [, method = '', salt = '', key = ''] = /^\$(.+)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (!METHODS.has(method)) {
    throw new Error(`This Node can't check passwords hashed by ${method.split('$')[0]}`);
  }
  return { method, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

function toText(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
