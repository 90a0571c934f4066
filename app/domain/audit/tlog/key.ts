import { concatBytes, equalBytes } from './bytes.ts';
import { fromBase64, toBase64, toUtf8 } from './encoding.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

// Forms of c2sp.org/signed-note and golang.org/x/mod/sumdb/note.

/** Signs the text of a note. */
export const ED25519 = 0x01;
/** Signs a checkpoint together with a time (c2sp.org/tlog-cosignature). */
export const COSIGNATURE_V1 = 0x04;

export type KeyAlgorithm = typeof ED25519 | typeof COSIGNATURE_V1;

/** A public key under the name its signatures go by. */
export interface VerifierKey {
  name: string;
  /** First four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ public key), big-endian. */
  id: number;
  algorithm: KeyAlgorithm;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

/** A private key with its public half. */
export interface SignerKey extends VerifierKey {
  /** The 32 bytes that RFC 8032 calls the private key. */
  seed: Uint8Array;
}

/** Whether a key may have this name: not empty, without white space and plus. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}+\p{Cc}]/u.test(name);
}

const idText = (id: number) => id.toString(16).padStart(8, '0');

/** The short form people tell keys apart by: `name+0a1b2c3d`. */
export function keyLabel({ name, id }: Pick<VerifierKey, 'name' | 'id'>): string {
  return `${name}+${idText(id)}`;
}

/** A public key with its id. */
export function makeVerifierKey(
  hash: Sha256,
  name: string,
  algorithm: KeyAlgorithm,
  publicKey: Uint8Array,
): VerifierKey {
  if (!isKeyName(name)) throw new RangeError(`${JSON.stringify(name)} is not a name for a key`);
  if (publicKey.length !== 32) throw new RangeError('an Ed25519 public key has 32 bytes');
  const digest = hash(concatBytes(toUtf8(`${name}\n`), Uint8Array.of(algorithm), publicKey));
  const id = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
  return { name, id, algorithm, publicKey };
}

const encodeKey = (algorithm: KeyAlgorithm, key: Uint8Array) =>
  toBase64(concatBytes(Uint8Array.of(algorithm), key));

/** `name+id+key`, the public form to hand out. */
export function formatVkey(key: VerifierKey): string {
  return `${keyLabel(key)}+${encodeKey(key.algorithm, key.publicKey)}`;
}

/** `PRIVATE+KEY+name+id+seed`. */
export function formatPrivateKey(key: SignerKey): string {
  return `PRIVATE+KEY+${keyLabel(key)}+${encodeKey(key.algorithm, key.seed)}`;
}

interface KeyText {
  name: string;
  id: string;
  algorithm: KeyAlgorithm;
  key: Uint8Array;
}

function parseKeyText(text: string, what: string): KeyText {
  const [name = '', id = '', ...rest] = text.split('+');
  const encoded = rest.join('+');
  if (!isKeyName(name)) throw new TlogError('unreadable', `${what} has no good name`);
  if (!/^[0-9a-f]{8}$/.test(id)) {
    throw new TlogError('unreadable', `${what} has no id of 8 lower-case hex digits`);
  }
  const [algorithm, ...key] = fromBase64(encoded, `the last part of ${what}`);
  if (algorithm !== ED25519 && algorithm !== COSIGNATURE_V1) {
    throw new TlogError('unreadable', `${what} is not of a known algorithm`);
  }
  if (key.length !== 32) {
    throw new TlogError('unreadable', `${what} has ${key.length} bytes, not 32`);
  }
  return { name, id, algorithm, key: Uint8Array.from(key) };
}

function checkId(made: VerifierKey, id: string, what: string) {
  if (idText(made.id) !== id) {
    throw new TlogError(
      'unreadable',
      `${what} has the id ${id}, but its own is ${idText(made.id)}`,
    );
  }
}

/**
 * Reads formatVkey's form.
 * @throws {TlogError} unreadable, also when the id is not that of the key
 */
export function parseVkey(hash: Sha256, text: string): VerifierKey {
  const { name, id, algorithm, key } = parseKeyText(text, 'the public key');
  const made = makeVerifierKey(hash, name, algorithm, key);
  checkId(made, id, 'the public key');
  return made;
}

/**
 * Reads formatPrivateKey's form. Errors tell nothing of the seed.
 * @param publicKeyOf the Ed25519 public key of a seed
 * @throws {TlogError} unreadable, also when the id is not that of the key
 */
export function parsePrivateKey(
  hash: Sha256,
  text: string,
  publicKeyOf: (seed: Uint8Array) => Uint8Array,
): SignerKey {
  const prefix = 'PRIVATE+KEY+';
  const what = 'the private key';
  if (!text.startsWith(prefix)) {
    throw new TlogError('unreadable', `${what} does not begin with ${prefix}`);
  }
  const { name, id, algorithm, key } = parseKeyText(text.slice(prefix.length), what);
  const made = makeVerifierKey(hash, name, algorithm, publicKeyOf(key));
  checkId(made, id, what);
  return { ...made, seed: key };
}

/**
 * Key by name and id among those given; undefined when it is none of them.
 * @throws {TlogError} unreadable when two different ones have that name and id
 */
export function findKey(
  keys: readonly VerifierKey[],
  { name, id }: Pick<VerifierKey, 'name' | 'id'>,
): VerifierKey | undefined {
  const [key, ...others] = keys.filter((known) => known.name === name && known.id === id);
  const twin = others.find(
    (other) =>
      key !== undefined &&
      (other.algorithm !== key.algorithm || !equalBytes(other.publicKey, key.publicKey)),
  );
  if (twin) throw new TlogError('unreadable', `two different keys go by ${keyLabel(twin)}`);
  return key;
}
