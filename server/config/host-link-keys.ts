import { z } from 'zod';

/** Public keys as RFC 7517 has them; only those that EdDSA and ES256 verify with. */
export interface PublicKeySet {
  keys: Record<string, string>[];
}

const curve = z.discriminatedUnion('crv', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43) }),
  z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().length(43),
    y: z.string().length(43),
  }),
]);
const key = z.intersection(curve, z.object({ kid: z.string().min(1).max(256).optional() }));
const keySet = z.union([z.object({ keys: z.array(key).min(1).max(20) }), key]);

/**
 * Reads a JWK, or a set of them, in JSON.
 * @returns what is wrong with it, without a value; or only what verifying needs of each key
 */
export function parseHostLinkKeys(text: string): PublicKeySet | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'must be a JWK or a JWK set, in JSON';
  }
  if (JSON.stringify(value).includes('"d":')) return 'must hold public keys only';
  const parsed = keySet.safeParse(value);
  if (!parsed.success) return 'must hold Ed25519 or P-256 public keys';
  const keys = 'keys' in parsed.data ? parsed.data.keys : [parsed.data];
  const names = keys.map(({ kid }) => kid);
  if (new Set(names).size < names.length)
    return 'must name each of several keys by a kid of its own';
  return { keys: keys.map((one) => JSON.parse(JSON.stringify(one))) };
}
