import crypto from 'node:crypto';

/** Makes a key of `KEY_LENGTH` bytes from a password, on libuv's threads. */
export type Derive = (password: string, salt: Buffer) => Promise<Buffer>;

export const KEY_LENGTH = 32;

/** Argon2id as OWASP's password storage sheet has it: 19 MiB, two passes, one lane. */
const ARGON = { memory: 19_456, passes: 2, parallelism: 1 };
const ARGON_NAME = `argon2id$v=19$m=${ARGON.memory},t=${ARGON.passes},p=${ARGON.parallelism}`;
/** The same sheet's scrypt: N = 2^15, r = 8, p = 3: 32 MiB. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const SCRYPT_NAME = `scrypt$ln=15,r=${SCRYPT.r},p=${SCRYPT.p}`;

const argon: Derive = (password, nonce) =>
  new Promise((resolve, reject) => {
    const parameters = { message: password, nonce, tagLength: KEY_LENGTH, ...ARGON };
    crypto.argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });

const scrypt: Derive = (password, salt) =>
  new Promise((resolve, reject) => {
    crypto.scrypt(password, salt, KEY_LENGTH, SCRYPT, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** By name; Node has Argon2 from 24.7 on. */
export const METHODS: ReadonlyMap<string, Derive> = new Map([
  ...(typeof crypto.argon2 === 'function' ? [[ARGON_NAME, argon] as const] : []),
  [SCRYPT_NAME, scrypt],
]);

/** What new passwords are hashed by. */
export const [PREFERRED_METHOD = SCRYPT_NAME] = METHODS.keys();
