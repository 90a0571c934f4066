import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { SCOPES, type Scope } from '#app/domain/platform/view.ts';

/** A platform's key: only its secret's hash is ever kept. */
export interface PlatformKey {
  id: string;
  /** SHA-256 of the secret. */
  hash: Buffer;
  scopes: ReadonlySet<Scope>;
  /** Null: what the configuration says for all. */
  callsPerMinute: number | null;
}

export interface JoinTokenKey {
  id: string;
  /** A `KeyObject` is several times quicker to use. */
  secret: Uint8Array | KeyObject;
}

export interface Parsed<Key> {
  keys: Key[];
  /** What is wrong, by position or id; never with a secret. */
  problems: string[];
}

const ID = /^[A-Za-z0-9_-]{1,32}$/;
/** Below this many bytes a secret can be guessed. */
export const SHORTEST_SECRET = 32;

function entriesOf(text: string): string[] {
  return text
    .split(/[,\s]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Reads `id:secret-or-sha256:scope+scope` entries, apart by commas or white space. A hash is
 * written `sha256-` and 64 hex digits; anything else is a secret of 32 bytes or more.
 */
export function parsePlatformKeys(text: string): Parsed<PlatformKey> {
  const keys = new Map<string, PlatformKey>();
  const problems: string[] = [];
  for (const [index, entry] of entriesOf(text).entries()) {
    const [id = '', secret = '', scopes = '', ...more] = entry.split(':');
    const name = ID.test(id) ? `key "${id}"` : `key ${index + 1}`;
    const named = scopes.split('+');
    if (!ID.test(id) || more.length > 0) problems.push(`${name} must be id:secret:scopes`);
    else if (keys.has(id)) problems.push(`${name} is there twice`);
    else if (!isHash(secret) && Buffer.byteLength(secret) < SHORTEST_SECRET)
      problems.push(`${name} has a secret of less than ${SHORTEST_SECRET} bytes`);
    else if (!named.every((scope) => SCOPES.includes(scope as Scope)))
      problems.push(`${name} needs scopes of ${SCOPES.join('+')}`);
    else {
      const scopes = new Set(named as Scope[]);
      keys.set(id, { id, hash: hashOf(secret), scopes, callsPerMinute: null });
    }
  }
  return { keys: [...keys.values()], problems };
}

/** Reads `id:secret` entries; the first signs, all verify. */
export function parseJoinTokenKeys(text: string): Parsed<JoinTokenKey> {
  const keys = new Map<string, JoinTokenKey>();
  const problems: string[] = [];
  for (const [index, entry] of entriesOf(text).entries()) {
    const [id = '', secret = '', ...more] = entry.split(':');
    const name = ID.test(id) ? `key "${id}"` : `key ${index + 1}`;
    if (!ID.test(id) || more.length > 0) problems.push(`${name} must be id:secret`);
    else if (keys.has(id)) problems.push(`${name} is there twice`);
    else if (Buffer.byteLength(secret) < SHORTEST_SECRET)
      problems.push(`${name} has a secret of less than ${SHORTEST_SECRET} bytes`);
    else keys.set(id, { id, secret: createSecretKey(secret, 'utf8') });
  }
  return { keys: [...keys.values()], problems };
}

function isHash(text: string): boolean {
  return /^sha256-[0-9a-f]{64}$/.test(text);
}

function hashOf(text: string): Buffer {
  if (isHash(text)) return Buffer.from(text.slice('sha256-'.length), 'hex');
  return createHash('sha256').update(text).digest();
}
