import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { passkey, passkeyChallenge } from '#db/schema/credential.ts';
import { noteCredential, type Visitor } from './accounts.ts';
import { markSet, textOfPasskey } from './credential-marks.ts';
import { hashToken, makeToken } from './token.ts';

type Purpose = (typeof passkeyChallenge.$inferSelect)['purpose'];
type Place = Pick<Visitor, 'origin'>;

/** A new passkey, checked; not kept yet. */
export interface NewPasskey {
  id: string;
  publicKey: string;
  counter: number;
  transports: string[];
}

/** A passkey that has just signed. */
export interface UsedPasskey {
  id: string;
  operatorId: string;
  counter: number;
}

const CHALLENGE_MINUTES = 5;
const base64url = z
  .string()
  .max(8_192)
  .regex(/^[A-Za-z0-9_-]+$/);
const credential = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
});
const registration = credential.extend({
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(8)
      .default([]),
  }),
});
const assertion = credential.extend({
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
});

/** Whether a page at this address may use passkeys: they belong to a name, never to a number. */
export function offersPasskeys({ origin }: Place): boolean {
  const { hostname, protocol } = origin;
  const isSafe = protocol === 'https:' || hostname === 'localhost';
  return isSafe && !/^[\d.]+$|:|\]/.test(hostname);
}

/** Asks for a new passkey of an operator, which the device itself keeps and unlocks. */
export async function askForNew(
  db: Db,
  { origin }: Place,
  owner: { id: string; name: string },
): Promise<object> {
  const known = await db.orm
    .select({ id: passkey.id, transports: passkey.transports })
    .from(passkey)
    .where(eq(passkey.operatorId, owner.id));
  return generateRegistrationOptions({
    rpName: 'Rostrum',
    rpID: origin.hostname,
    userName: owner.name,
    userID: Uint8Array.from(Buffer.from(owner.id)),
    challenge: await makeChallenge(db, 'register', owner.id),
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** Asks a passkey to sign; without an operator, whichever the device has for this console. */
export async function askToSign(
  db: Db,
  { origin }: Place,
  purpose: Exclude<Purpose, 'register'>,
  operatorId: string | null,
): Promise<object> {
  const known = await db.orm
    .select({ id: passkey.id, transports: passkey.transports })
    .from(passkey)
    .where(operatorId === null ? sql`false` : eq(passkey.operatorId, operatorId));
  return generateAuthenticationOptions({
    rpID: origin.hostname,
    challenge: await makeChallenge(db, purpose, operatorId),
    userVerification: 'required',
    ...(operatorId !== null && { allowCredentials: known }),
  });
}

/** Checks a new passkey of an operator. @returns null when anything about it is wrong */
export async function checkNew(
  db: Db,
  { origin }: Place,
  operatorId: string,
  given: unknown,
): Promise<NewPasskey | null> {
  const parsed = registration.safeParse(given);
  if (!parsed.success) return null;
  const response = parsed.data as RegistrationResponseJSON;
  const challenge = await takeChallenge(db, response, 'register', operatorId);
  if (challenge === null) return null;
  // The library throws for every flaw it finds.
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin.origin,
    expectedRPID: origin.hostname,
    requireUserVerification: true,
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  const { transports } = parsed.data.response;
  return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter, transports };
}

/**
 * Checks what a passkey signed.
 * @param operatorId whose it must be; null: whoever's it is
 * @returns null when anything about it is wrong
 */
export async function checkSigned(
  db: Db,
  { origin }: Place,
  purpose: Exclude<Purpose, 'register'>,
  operatorId: string | null,
  given: unknown,
): Promise<UsedPasskey | null> {
  const parsed = assertion.safeParse(given);
  if (!parsed.success) return null;
  const { id, response } = parsed.data;
  const challenge = await takeChallenge(db, parsed.data, purpose, operatorId);
  if (challenge === null) return null;
  const [known] = await db.orm.select().from(passkey).where(eq(passkey.id, id));
  if (!known || (operatorId !== null && known.operatorId !== operatorId)) return null;
  const { userHandle } = response;
  const handle = userHandle && Buffer.from(userHandle, 'base64url').toString();
  if (handle !== undefined && handle !== known.operatorId) return null;
  const verified = await verifyAuthenticationResponse({
    response: parsed.data as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: origin.origin,
    expectedRPID: origin.hostname,
    requireUserVerification: true,
    credential: {
      id,
      publicKey: Uint8Array.from(Buffer.from(known.publicKey, 'base64url')),
      counter: known.counter,
    },
  }).catch(() => null);
  if (!verified?.verified) return null;
  return { id, operatorId: known.operatorId, counter: verified.authenticationInfo.newCounter };
}

/**
 * Notes a passkey's use, in a transaction that puts on the record what it was used for.
 * @returns false when it was taken away since it signed: it is worth nothing then
 */
export async function noteUse(
  tx: Transaction,
  { id, operatorId, counter }: UsedPasskey,
): Promise<boolean> {
  const used = await ormOn(tx)
    .update(passkey)
    .set({ counter, usedAt: sql`now()` })
    .where(and(eq(passkey.id, id), eq(passkey.operatorId, operatorId)))
    .returning({ id: passkey.id });
  return used.length === 1;
}

/** Keeps a new passkey, on the record. @returns false when it is there already */
export async function keepPasskey(
  tx: Transaction,
  operatorId: string,
  made: NewPasskey,
  label: string,
): Promise<boolean> {
  const kept = await ormOn(tx)
    .insert(passkey)
    .values({ ...made, operatorId, label })
    .onConflictDoNothing()
    .returning({ id: passkey.id });
  if (kept.length === 0) return false;
  const mark = markSet(textOfPasskey(made));
  await noteCredential(tx, `operator:${operatorId}`, operatorId, 'passkey_added', mark);
  return true;
}

/** Deletes challenges that nobody answered. @returns how many */
export async function forgetChallenges({ orm }: Pick<Db, 'orm'>): Promise<number> {
  const old = lt(passkeyChallenge.expiresAt, sql`now()`);
  return (await orm.delete(passkeyChallenge).where(old).returning({ hash: passkeyChallenge.hash }))
    .length;
}

async function makeChallenge(
  db: Db,
  purpose: Purpose,
  operatorId: string | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = makeToken();
  await db.orm.insert(passkeyChallenge).values({
    hash: hashToken(challenge),
    purpose,
    operatorId,
    expiresAt: sql`now() + make_interval(mins => ${CHALLENGE_MINUTES})`,
  });
  return Uint8Array.from(Buffer.from(challenge, 'base64url'));
}

/** A challenge is answered once, for what it was made for. */
async function takeChallenge(
  db: Db,
  { response }: { response: { clientDataJSON: string } },
  purpose: Purpose,
  operatorId: string | null,
): Promise<string | null> {
  const challenge = challengeOf(response.clientDataJSON);
  if (challenge === null) return null;
  const taken = await db.orm
    .delete(passkeyChallenge)
    .where(
      and(
        eq(passkeyChallenge.hash, hashToken(challenge)),
        eq(passkeyChallenge.purpose, purpose),
        gt(passkeyChallenge.expiresAt, sql`now()`),
        operatorId === null
          ? isNull(passkeyChallenge.operatorId)
          : eq(passkeyChallenge.operatorId, operatorId),
      ),
    )
    .returning({ hash: passkeyChallenge.hash });
  return taken.length === 1 ? challenge : null;
}

function challengeOf(clientDataJSON: string): string | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString());
    const challenge = (said as { challenge?: unknown } | null)?.challenge;
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}
