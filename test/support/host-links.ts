import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const ISSUER = 'https://app.example';
export const AUDIENCE = 'http://localhost';

/** A platform's key pair, as it would sign host links. */
export async function platformSigner(alg: 'EdDSA' | 'ES256' = 'EdDSA', kid = 'main') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid };
  /** @param more claims to set, change or (undefined) leave out */
  async function sign(more: JWTPayload & Record<string, unknown> = {}, header: object = {}) {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      room: 'tea',
      member: 'hana',
      role: 'host',
      ...more,
    };
    const said = Object.fromEntries(Object.entries(claims).filter(([, one]) => one !== undefined));
    return new SignJWT(said).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  }
  return { jwk, sign };
}

/** A token of any header and payload with a signature as given. */
export function rawToken(header: object, payload: object, signature: string | Buffer): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const last = typeof signature === 'string' ? signature : signature.toString('base64url');
  return `${part(header)}.${part(payload)}.${last}`;
}
