import { hash } from 'node:crypto';
import type { Sha256 } from '#app/domain/audit/tlog/sha256.ts';

// RFC 6962, section 2.1, word for word and from scratch each time: slow, and shares no code with
// what it is compared to.

/** The platform's SHA-256. */
export const nodeSha256: Sha256 = (bytes) => Uint8Array.from(hash('sha256', bytes, 'buffer'));

const digest = (...parts: Uint8Array[]) => nodeSha256(Buffer.concat(parts));

const greatestPowerBelow = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** MTH(entries). */
export function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return digest();
  if (entries.length === 1) return digest(Uint8Array.of(0), entries[0]!);
  const k = greatestPowerBelow(entries.length);
  return digest(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** PATH(m, entries). */
export function naivePath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = greatestPowerBelow(entries.length);
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** PROOF(m, entries), as SUBPROOF(m, entries, true). */
export function naiveProof(m: number, entries: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === entries.length) return whole ? [] : [naiveRoot(entries)];
  const k = greatestPowerBelow(entries.length);
  return m <= k
    ? [...naiveProof(m, entries.slice(0, k), whole), naiveRoot(entries.slice(k))]
    : [...naiveProof(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}
