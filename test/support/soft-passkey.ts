import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { NewPasskey } from '#server/auth/passkeys.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
const [USER_PRESENT, USER_VERIFIED] = [1, 4];

/** What a passkey says as it signs; each may be set to what it must not be. */
export interface Signing {
  challenge: string;
  origin?: string;
  /** Name of the console, as passkeys know it. */
  name?: string;
  isVerified?: boolean;
  counter?: number;
  /** Whose it is, by operator id. */
  handle?: string;
}

/** A passkey without a device: P-256 keys, and what it signs as WebAuthn has it. */
export function makeSoftPasskey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16).toString('base64url');
  // COSE: a map of kty EC2, alg ES256, crv P-256, x and y.
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  const made: NewPasskey = {
    id,
    publicKey: cose.toString('base64url'),
    counter: 0,
    transports: [],
  };
  return {
    made,
    /** Its answer to a challenge. */
    answer({
      challenge,
      origin = 'http://localhost:4600',
      name = 'localhost',
      isVerified = true,
      counter = 1,
      handle,
    }: Signing) {
      const said = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin }));
      const data = Buffer.concat([sha256(name), Buffer.alloc(5)]);
      data[32] = USER_PRESENT | (isVerified ? USER_VERIFIED : 0);
      data.writeUInt32BE(counter, 33);
      const signature = sign('sha256', Buffer.concat([data, sha256(said)]), privateKey);
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: said.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(handle !== undefined && { userHandle: Buffer.from(handle).toString('base64url') }),
        },
      };
    },
  };
}
