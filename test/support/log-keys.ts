import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { cosignatureMessage, encodeCosignature } from '#app/domain/audit/tlog/cosignature.ts';
import {
  COSIGNATURE_V1,
  ED25519,
  type KeyAlgorithm,
  makeVerifierKey,
  type SignerKey,
} from '#app/domain/audit/tlog/key.ts';
import type { NoteSignature, VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

// RFC 8410: what stands before the 32 bytes of a key.
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' });
}

/** Ed25519 public key of a seed, 32 bytes each. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(-32));
}

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, key, signature);
};

/** A key whose seed is 32 times one byte. */
export function testKey(name: string, byte: number, algorithm: KeyAlgorithm = ED25519): SignerKey {
  const seed = new Uint8Array(32).fill(byte);
  return { ...makeVerifierKey(nodeSha256, name, algorithm, publicKeyOf(seed)), seed };
}

/** The key's signature of a note's text, at a time in whole seconds if it is a witness's. */
export function signText(key: SignerKey, text: string, timestamp = 0): NoteSignature {
  const { name, id, seed, algorithm } = key;
  const make = (message: Uint8Array) => Uint8Array.from(sign(null, message, privateKey(seed)));
  if (algorithm !== COSIGNATURE_V1) return { name, id, signature: make(Buffer.from(text)) };
  const signature = make(cosignatureMessage(timestamp, text));
  return { name, id, signature: encodeCosignature({ timestamp, signature }) };
}
