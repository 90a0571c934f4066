import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { profile } from '#server/api/profile.ts';
import type { JoinTokenKey } from '#server/config/keys.ts';
import type { Admitted, JoinClaims } from './join-claims.ts';

export const AUDIENCE = 'rostrum/member';
export const ISSUER = 'rostrum';
/** No join token may live longer than this many seconds, whoever signed it. */
export const LONGEST_LIFE = 600;
const CLOCK_TOLERANCE = 5;
const LARGEST_TOKEN = 4_096;

const claims = z.strictObject({
  iss: z.string().max(64),
  aud: z.string().max(64),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(1).max(64),
  room: platformId,
  member: platformId,
  role: z.enum(ROLES),
  profile,
});

export type TokenRefusal = 'malformed' | 'forged' | 'expired';
export type Verified = { ok: true; claims: Admitted } | { ok: false; why: TokenRefusal };

/**
 * Signs a join token: JWT, HS256, with the first key.
 * @param seconds how long it lives, at most `LONGEST_LIFE`
 */
export async function signJoinToken(
  keys: readonly JoinTokenKey[],
  said: JoinClaims,
  seconds: number,
): Promise<{ token: string; expiresAt: string }> {
  const [key] = keys;
  if (!key) throw new Error('There is no key to sign join tokens with');
  const now = Math.floor(Date.now() / 1_000);
  const expires = now + Math.min(seconds, LONGEST_LIFE);
  const token = await new SignJWT({ ...said })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.id })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(expires)
    .setJti(randomUUID())
    .sign(key.secret);
  return { token, expiresAt: new Date(expires * 1_000).toISOString() };
}

/**
 * Checks signature, algorithm, audience, expiry and shape of a join token; never throws. At once,
 * not by WebCrypto: a trip to another thread costs more than the hash, and thousands come together.
 */
export function verifyJoinToken(keys: readonly JoinTokenKey[], token: unknown): Verified {
  if (typeof token !== 'string' || token.length > LARGEST_TOKEN) return no('malformed');
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const head = parsePart(header);
  if (head === null || more.length > 0) return no('malformed');
  const key = keys.find(({ id }) => id === head.kid);
  if (!key || head.alg !== 'HS256' || 'crit' in head) return no('forged');
  if (!isSignature(key, `${header}.${payload}`, signature)) return no('forged');
  const parsed = claims.safeParse(parsePart(payload));
  if (!parsed.success) return no('malformed');
  const { aud, room, member, role, profile: known, iat, exp } = parsed.data;
  const now = Date.now() / 1_000;
  if (aud !== AUDIENCE) return no('forged');
  if (exp <= now - CLOCK_TOLERANCE) return no('expired');
  // Signed ahead of time, it would live longer than it says.
  if (exp - iat > LONGEST_LIFE || iat - now > CLOCK_TOLERANCE) return no('forged');
  const signedBy = `platform:join_token/${key.id}`;
  return { ok: true, claims: { room, member, role, profile: known, signedBy } };
}

/** A part of a JWS in compact form (RFC 7515, 7.1), when it is an object. */
function parsePart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

// Compared as text: other spellings of the same bytes are refused.
function isSignature({ secret }: JoinTokenKey, signed: string, signature: string): boolean {
  const right = Buffer.from(createHmac('sha256', secret).update(signed).digest('base64url'));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}

function no(why: TokenRefusal): Verified {
  return { ok: false, why };
}
