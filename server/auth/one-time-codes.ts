import { Secret, TOTP } from 'otpauth';
import { encode } from 'uqr';
import type { CodeOffer } from '#app/domain/access/account.ts';
import type { AccountKey } from './account-key.ts';

/** RFC 6238 with what every authenticator app expects: SHA-1, six digits, thirty seconds. */
const PERIOD = 30;
const ISSUER = 'Rostrum';
/** How long an offered secret may wait for its first code, in milliseconds. */
const OFFER_MS = 15 * 60_000;

const sealedFor = (operatorId: string) => `code secret of ${operatorId}`;
const offeredTo = (operatorId: string) => `offered code secret of ${operatorId}`;

/** Makes a new secret, which nothing keeps until a first code of it comes back. */
export function offerCodes(key: AccountKey, { id, name }: { id: string; name: string }): CodeOffer {
  const totp = totpOf(new Secret({ size: 20 }).base32, name);
  const uri = totp.toString();
  const offered = JSON.stringify([totp.secret.base32, Date.now() + OFFER_MS]);
  return {
    secret: totp.secret.base32,
    uri,
    picture: draw(uri),
    sealed: key.seal(offered, offeredTo(id)),
  };
}

/** @returns the secret of an offer made to this operator lately, or null */
export function openOffer(key: AccountKey, operatorId: string, sealed: unknown): string | null {
  if (typeof sealed !== 'string') return null;
  const offered = key.open(sealed, offeredTo(operatorId));
  if (offered === null) return null;
  const [secret, until] = JSON.parse(offered) as [string, number];
  return Date.now() <= until ? secret : null;
}

/** Seals a secret as it is kept. */
export function sealSecret(key: AccountKey, operatorId: string, secret: string): string {
  return key.seal(secret, sealedFor(operatorId));
}

/** @throws when it was sealed under another account key */
export function openSecret(key: AccountKey, operatorId: string, sealed: string): string {
  const secret = key.open(sealed, sealedFor(operatorId));
  if (secret === null) throw new Error('The account key is not the one that sealed this secret');
  return secret;
}

/**
 * Checks a code of the current step or of the one before or after.
 * @param lastStep the newest step whose code was used: its code and older ones are refused
 * @returns the code's step, or null when it is none
 */
export function stepOfCode(secret: string, code: string, lastStep: number): number | null {
  const now = Date.now();
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now / 1_000 / PERIOD) + delta;
  return step > lastStep ? step : null;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret, digits: 6, period: PERIOD, algorithm: 'SHA1' });
}

function draw(text: string): CodeOffer['picture'] {
  const { size, data } = encode(text, { ecc: 'M', border: 2 });
  const path = data
    .flatMap((row, y) => row.map((black, x) => (black ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return { size, path };
}
