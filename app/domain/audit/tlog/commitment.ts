import { compareBytes, concatBytes } from './bytes.ts';
import { toUtf8 } from './encoding.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

const FIELD = toUtf8('rostrum/v1/field\0');
const BODY = toUtf8('rostrum/v1/body\0');

const encoder = new TextEncoder();
let scratch = new Uint8Array(4096);

/** One disclosed field of an event. */
export interface Field {
  name: string;
  /** 16 bytes or more. */
  salt: Uint8Array;
  /** JSON text, exactly as it is stored. */
  value: string;
}

/**
 * SHA-256("rostrum/v1/field\0" ‖ salt ‖ length of name in 4 bytes, big-endian ‖ name ‖ value).
 * @throws {TlogError} unreadable when name or value holds half a surrogate pair, which has no UTF-8
 */
export function fieldDigest(hash: Sha256, { name, salt, value }: Field): Uint8Array {
  if (!name.isWellFormed() || !value.isWellFormed()) {
    throw new TlogError('unreadable', 'a field holds half a character, so it has no UTF-8');
  }
  // A UTF-16 code unit becomes 3 bytes at most.
  const most = FIELD.length + salt.length + 4 + 3 * (name.length + value.length);
  if (scratch.length < most) scratch = new Uint8Array(most);
  scratch.set(FIELD);
  scratch.set(salt, FIELD.length);
  const lengthAt = FIELD.length + salt.length;
  const nameAt = lengthAt + 4;
  const nameLength = encoder.encodeInto(name, scratch.subarray(nameAt)).written;
  scratch[lengthAt] = nameLength >>> 24;
  scratch[lengthAt + 1] = nameLength >>> 16;
  scratch[lengthAt + 2] = nameLength >>> 8;
  scratch[lengthAt + 3] = nameLength;
  const valueAt = nameAt + nameLength;
  const valueLength = encoder.encodeInto(value, scratch.subarray(valueAt)).written;
  return hash(scratch.subarray(0, valueAt + valueLength));
}

/** SHA-256("rostrum/v1/body\0" ‖ the fields' digests, sorted as bytes): what an event's leaf says. */
export function commitmentOf(hash: Sha256, digests: readonly Uint8Array[]): Uint8Array {
  return hash(concatBytes(BODY, ...digests.toSorted(compareBytes)));
}
