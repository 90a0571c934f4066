import crypto from 'node:crypto';
import { availableParallelism } from 'node:os';
import { openLanes } from './lanes.ts';

/** Hashes passwords off the main thread, a few at a time. Null: too many wait; try again later. */
export interface PasswordHasher {
  /** @returns a PHC string */
  hash(password: string): Promise<string | null>;
  /** @param stored null: there is none to compare with, which takes as long and answers false */
  verify(password: string, stored: string | null): Promise<boolean | null>;
}

type Derive = (password: string, salt: Buffer) => Promise<Buffer>;

/** Argon2id as OWASP's password storage sheet has it: 19 MiB, two passes, one lane. */
const ARGON = { memory: 19_456, passes: 2, parallelism: 1 };
const ARGON_NAME = `argon2id$v=19$m=${ARGON.memory},t=${ARGON.passes},p=${ARGON.parallelism}`;
/** The same sheet's scrypt: N = 2^15, r = 8, p = 3: 32 MiB. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const SCRYPT_NAME = `scrypt$ln=15,r=${SCRYPT.r},p=${SCRYPT.p}`;
const LENGTH = 32;

const argon: Derive = (password, nonce) =>
  new Promise((resolve, reject) => {
    const parameters = { message: password, nonce, tagLength: LENGTH, ...ARGON };
    crypto.argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });

const scrypt: Derive = (password, salt) =>
  new Promise((resolve, reject) => {
    crypto.scrypt(password, salt, LENGTH, SCRYPT, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** By name; Node has Argon2 from 24.7 on. */
const METHODS: ReadonlyMap<string, Derive> = new Map([
  ...(typeof crypto.argon2 === 'function' ? [[ARGON_NAME, argon] as const] : []),
  [SCRYPT_NAME, scrypt],
]);
const [PREFERRED = [SCRYPT_NAME, scrypt] as const] = METHODS;

/**
 * @param lanes hashes at the same time: one core stays free for everything else
 * @param waiting how many more may wait for their turn
 */
export function openPasswordHasher(
  lanes = Math.max(1, Math.min(4, availableParallelism() - 1)),
  waiting = 64,
): PasswordHasher {
  const queue = openLanes(lanes, waiting);
  const none = format(PREFERRED[0], crypto.randomBytes(16), crypto.randomBytes(LENGTH));
  return {
    hash(password) {
      const [name, derive] = PREFERRED;
      const salt = crypto.randomBytes(16);
      return queue.run(async () => format(name, salt, await derive(password, salt)));
    },
    verify(password, stored) {
      const { derive, salt, key } = parse(stored ?? none);
      return queue.run(async () => {
        const given = await derive(password, salt);
        return given.length === key.length && crypto.timingSafeEqual(given, key) && stored !== null;
      });
    },
  };
}

function format(name: string, salt: Buffer, key: Buffer): string {
  return `$${name}$${toText(salt)}$${toText(key)}`;
}

/** @throws when the method is unknown here, such as Argon2 after going back to an older Node */
function parse(stored: string): { derive: Derive; salt: Buffer; key: Buffer } {
  const [, name = '', salt = '', key = ''] = /^\$(.+)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  const derive = METHODS.get(name);
  if (!derive) throw new Error(`This Node can't check passwords hashed by ${name.split('$')[0]}`);
  return { derive, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

function toText(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
