import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** `rsk_`, the key's id, 256 random bits, and a checksum: what a scanner needs to know one by sight. */
const FORM = /^rsk_([0-9a-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

export interface KeySecret {
  id: string;
  secret: string;
  /** SHA-256 of the secret in hex; its 256 random bits need no salt. */
  hash: string;
}

/** Makes a key's id and secret. */
export function makeKeySecret(): KeySecret {
  const id = inDigits(BigInt(`0x${randomBytes(10).toString('hex')}`), 36, 16).slice(-12);
  const random = inDigits(BigInt(`0x${randomBytes(32).toString('hex')}`), 62, 43);
  const secret = composeSecret(id, random);
  return { id, secret, hash: hashKey(secret) };
}

/** The secret of an id and a random part of 43 digits. */
export function composeSecret(id: string, random: string): string {
  const body = `rsk_${id}_${random}`;
  return body + inDigits(BigInt(crc32(body)), 62, 6);
}

/** @returns the id in a secret whose checksum is right; null for anything else, without a look-up */
export function idInSecret(text: string): string | null {
  const [, id = '', random = ''] = FORM.exec(text) ?? [];
  return id !== '' && composeSecret(id, random) === text ? id : null;
}

export function hashKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function inDigits(value: bigint, base: 36 | 62, length: number): string {
  let [text, rest] = ['', value];
  for (; rest > 0n; rest /= BigInt(base)) {
    const digit = DIGITS[Number(rest % BigInt(base))] as string;
    text = (base === 36 ? digit.toLowerCase() : digit) + text;
  }
  return text.padStart(length, '0');
}
