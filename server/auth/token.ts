import { createHash, randomBytes } from 'node:crypto';

/** A new bearer secret of 256 random bits, as 43 characters of base64url. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text has a token's form; anything else needs no look-up. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** What is kept of a token: SHA-256 in hex. Its 256 bits need no salt. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
