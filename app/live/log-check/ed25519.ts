import type { VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';

let known: Promise<boolean> | undefined;

/** Whether this browser can check Ed25519 signatures; not over plain http, nor before 2025. */
export function canVerify(): Promise<boolean> {
  known ??= importKey(new Uint8Array(32)).then(
    () => true,
    // A key of zeros is refused by some that know the algorithm, and never as unsupported.
    (error) => globalThis.crypto?.subtle !== undefined && error?.name !== 'NotSupportedError',
  );
  return known;
}

async function importKey(publicKey: Uint8Array): Promise<CryptoKey> {
  const bytes = Uint8Array.from(publicKey);
  return crypto.subtle.importKey('raw', bytes, { name: 'Ed25519' }, false, ['verify']);
}

/** Checks a signature by the browser's own cryptography. @throws when it has none, see canVerify */
export const verifyEd25519: VerifyEd25519 = async (publicKey, message, signature) => {
  const key = await importKey(publicKey);
  const [signed, text] = [Uint8Array.from(signature), Uint8Array.from(message)];
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signed, text);
};
