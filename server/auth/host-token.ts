import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import type { HostLinkConfig } from '#server/config.ts';

/** Seconds that a host link may live, whoever signed it. */
export const LONGEST_LIFE = 300;
const CLOCK_TOLERANCE = 5;
const LARGEST_TOKEN = 4_096;
const ALGORITHMS = ['EdDSA', 'ES256'];
/** Keys are fetched again after this long, or for a `kid` unknown, but not that soon, in ms. */
const FRESH_FOR = 10 * 60_000;
const COOLDOWN = 30_000;
const LARGEST_KEY_SET = 65_536;

const claims = z.object({
  jti: z.string().min(1).max(128),
  iat: z.number(),
  exp: z.number(),
  room: platformId,
  member: platformId,
  role: z.enum(['host', 'moderator']),
});

/** What a host link says, once everything about it but its room has been checked. */
export interface HostClaims {
  issuer: string;
  jti: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  room: string;
  member: string;
  /** The most they may be in the room. */
  role: 'host' | 'moderator';
}

export type HostTokenRefusal =
  | 'malformed'
  | 'forged'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'lives_too_long'
  | 'keys_unreachable';
export type VerifiedHost = { ok: true; claims: HostClaims } | { ok: false; why: HostTokenRefusal };
export type HostVerifier = (token: unknown) => Promise<VerifiedHost>;

/** Checks signature, issuer, audience, times and shape of host links; the check never throws. */
export function openHostVerifier({ issuer, audience, keys }: HostLinkConfig): HostVerifier {
  const keyOf = keys instanceof URL ? remoteKeys(keys) : createLocalJWKSet(keys as never);
  return async (token) => {
    if (typeof token !== 'string' || token.length > LARGEST_TOKEN) return no('malformed');
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        clockTolerance: CLOCK_TOLERANCE,
        maxTokenAge: LONGEST_LIFE,
        requiredClaims: ['exp', 'iat', 'jti'],
      });
      const parsed = claims.safeParse(payload);
      if (!parsed.success) return no('malformed');
      const { jti, exp, iat, room, member, role } = parsed.data;
      if (exp - iat > LONGEST_LIFE) return no('lives_too_long');
      return { ok: true, claims: { issuer, jti, expiresAt: exp * 1_000, room, member, role } };
    } catch (error) {
      return no(refusalOf(error));
    }
  };
}

function remoteKeys(url: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    cacheMaxAge: FRESH_FOR,
    cooldownDuration: COOLDOWN,
    timeoutDuration: 5_000,
    [customFetch]: fetchKeys,
  });
}

async function fetchKeys(...[url, options]: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(url, options).catch((cause: unknown) => {
    throw new KeysUnreachable('The keys could not be fetched', { cause });
  });
  const bytes = response.status === 200 ? await readSmall(response) : null;
  if (bytes === null) throw new KeysUnreachable('The address of the keys answered something else');
  return new Response(bytes, { status: 200 });
}

/** @returns null when there is more than any key set needs */
async function readSmall(response: Response): Promise<Buffer<ArrayBuffer> | null> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.length;
    if (size > LARGEST_KEY_SET) {
      await reader?.cancel();
      return null;
    }
    parts.push(part.value);
  }
  return Buffer.concat(parts);
}

class KeysUnreachable extends Error {}

function refusalOf(error: unknown): HostTokenRefusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIMS[error.claim] ?? 'malformed';
  if (error instanceof KeysUnreachable || error instanceof errors.JWKSTimeout) {
    return 'keys_unreachable';
  }
  // What is fetched and is no key set.
  if (error instanceof errors.JWKSInvalid || (error as Error).constructor === errors.JOSEError) {
    return 'keys_unreachable';
  }
  const isUnreadable = error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid;
  return isUnreadable ? 'malformed' : 'forged';
}

const CLAIMS: Readonly<Record<string, HostTokenRefusal>> = {
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  nbf: 'not_yet_valid',
  iat: 'not_yet_valid',
};

function no(why: HostTokenRefusal): VerifiedHost {
  return { ok: false, why };
}
