import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { profile } from '#server/api/profile.ts';
import type { JoinTokenKey } from '#server/config/keys.ts';
import type { JoinClaims } from './join-claims.ts';

export const AUDIENCE = 'rostrum/member';
export const ISSUER = 'rostrum';
/** No join token may live longer than this many seconds, whoever signed it. */
export const LONGEST_LIFE = 600;
const CLOCK_TOLERANCE = 5;
const LARGEST_TOKEN = 4_096;

const claims = z.strictObject({
  iss: z.string().max(64),
  aud: z.literal(AUDIENCE),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(1).max(64),
  room: platformId,
  member: platformId,
  role: z.enum(ROLES),
  profile,
});

export type TokenRefusal = 'malformed' | 'forged' | 'expired';
export type Verified = { ok: true; claims: JoinClaims } | { ok: false; why: TokenRefusal };

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

/** Checks signature, algorithm, audience, expiry and shape of a join token; never throws. */
export async function verifyJoinToken(
  keys: readonly JoinTokenKey[],
  token: unknown,
): Promise<Verified> {
  if (typeof token !== 'string' || token.length > LARGEST_TOKEN) return no('malformed');
  let payload: unknown;
  try {
    const checked = await jwtVerify(token, ({ kid }) => findKey(keys, kid), {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    payload = checked.payload;
  } catch (error) {
    return no(refusalOf(error));
  }
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return no('malformed');
  const { room, member, role, profile: known, iat, exp } = parsed.data;
  // Signed ahead of time, it would live longer than it says.
  const ahead = iat - Date.now() / 1_000;
  if (exp - iat > LONGEST_LIFE || ahead > CLOCK_TOLERANCE) return no('forged');
  return { ok: true, claims: { room, member, role, profile: known } };
}

function findKey(keys: readonly JoinTokenKey[], id: string | undefined): Uint8Array {
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) throw new errors.JWKSNoMatchingKey();
  return key.secret;
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  const shape = error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid;
  return shape ? 'malformed' : 'forged';
}

function no(why: TokenRefusal): Verified {
  return { ok: false, why };
}
