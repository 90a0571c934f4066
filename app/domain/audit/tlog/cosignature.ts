import { concatBytes } from './bytes.ts';
import { toUtf8 } from './encoding.ts';

// c2sp.org/tlog-cosignature, the Ed25519 kind (signature type 0x04).

/** A witness's signature of a checkpoint and the time of it, in whole seconds since 1970. */
export interface Cosignature {
  timestamp: number;
  /** 64 bytes. */
  signature: Uint8Array;
}

/**
 * What a witness signs.
 * @param timestamp whole seconds since 1970
 * @param text the checkpoint's text with its last newline, without signatures
 */
export function cosignatureMessage(timestamp: number, text: string): Uint8Array {
  return toUtf8(`cosignature/v1\ntime ${timestamp}\n${text}`);
}

/** The bytes of a note's signature line, after the key id: time in 8 bytes, big-endian; signature. */
export function encodeCosignature({ timestamp, signature }: Cosignature): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(timestamp));
  return concatBytes(time, signature);
}

/** Reads encodeCosignature's form; null when it has another length or a time above 2^53 - 1. */
export function parseCosignature(bytes: Uint8Array): Cosignature | null {
  if (bytes.length !== 8 + 64) return null;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { timestamp: Number(time), signature: bytes.subarray(8) };
}
