import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';

// RFC 8410: what comes before the 32 bytes of a key in its DER form.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Checks Ed25519 signatures off the main thread and takes each key apart once: a log has many
 * checkpoints and few keys.
 */
export function openSignatureCheck(): VerifyEd25519 {
  const keys = new Map<string, KeyObject | null>();

  function keyOf(bytes: Uint8Array): KeyObject | null {
    const name = Buffer.from(bytes).toString('hex');
    const known = keys.get(name);
    if (known !== undefined) return known;
    const made = importKey(bytes);
    keys.set(name, made);
    return made;
  }

  return (publicKey, message, signature) => {
    const key = keyOf(publicKey);
    if (key === null) return false;
    return new Promise((resolve) => {
      verify(null, message, key, signature, (error, holds) => resolve(error === null && holds));
    });
  };
}

function importKey(bytes: Uint8Array): KeyObject | null {
  try {
    const der = Buffer.concat([SPKI, bytes]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
