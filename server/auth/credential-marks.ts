import type { AuditField } from '#server/audit/entry.ts';
import { secretFingerprint } from '#server/audit/secret-fingerprint.ts';

// What an event says of a credential, so that another put in its place is found: never the credential, and
// of its kept form, which is a salted or keyed hash, a sealed text or a public key, half a hash.

/** Of a credential that is there from now on. @param kept what the database has of it */
export function markSet(kept: string): AuditField[] {
  return [{ name: 'after', value: { secret: secretFingerprint(kept) } }];
}

/** Of one among several that is gone from now on. */
export function markGone(kept: string): AuditField[] {
  return [{ name: 'before', value: { secret: secretFingerprint(kept) } }];
}

/** A passkey in one text. */
export function textOfPasskey({ id, publicKey }: { id: string; publicKey: string }): string {
  return `${id} ${publicKey}`;
}

/** Recovery codes in one text: their hashes, sorted. */
export function textOfCodes(hashes: readonly string[]): string {
  return hashes.toSorted().join(' ');
}
