import { hash } from 'node:crypto';

/**
 * What an event says of a secret, so that another can't be put in its place: half of the SHA-256 of
 * what is kept of it, in hex.
 * @param kept the hash or sealed form that the database has
 */
export function secretFingerprint(kept: string): string {
  return hash('sha256', kept).slice(0, 32);
}
