import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import {
  type Accounts,
  enter,
  entering,
  lockAccount,
  noteFailure,
  type Owner,
  refuse,
  type SignInAnswer,
  type Visitor,
} from './accounts.ts';
import { keepCodes, takeCode } from './code-factor.ts';
import { hasFactor, readFactors } from './factors.ts';
import { openOffer, stepOfCode } from './one-time-codes.ts';
import { checkNew, checkSigned, keepPasskey, noteUse } from './passkeys.ts';
import { requireRecent } from './recent.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { type HeldSession, holdSession } from './sessions.ts';
import { readOwner } from './sign-in-by-passkey.ts';
import { tryCode } from './sign-in-limit.ts';

/** Gives the second factor that a session wants: a one-time code, or a recovery code. */
export async function giveCode(
  accounts: Accounts,
  visitor: Visitor,
  held: HeldSession,
  code: string,
): Promise<SignInAnswer> {
  const { id } = held.actor;
  const { db, key } = accounts;
  if (!held.isWanting) return refuse('forbidden');
  const tried = await tryCode(db, id, await accounts.cohortOf(visitor.network));
  if (!tried.ok) return refuse('limited', tried.retryAfter);
  const answer = await going(accounts, visitor, held, async (tx, owner) => {
    const by = await takeCode(tx, key, id, code);
    if (by === null) return refuse('wrong_code');
    return enter(tx, accounts, visitor, owner, { strength: 'strong', by });
  });
  if (answer.ok) await tried.attempt.succeeded();
  else if (answer.reason === 'wrong_code') await noteFailure(db, id, 'wrong_code');
  return answer;
}

/** The same by a passkey. */
export async function givePasskey(
  accounts: Accounts,
  visitor: Visitor,
  held: HeldSession,
  given: unknown,
): Promise<SignInAnswer> {
  const { id } = held.actor;
  if (!held.isWanting) return refuse('forbidden');
  const used = await checkSigned(accounts.db, visitor, 'confirm', id, given);
  if (used === null) {
    await noteFailure(accounts.db, id, 'passkey_failed');
    return refuse('passkey_failed');
  }
  return going(accounts, visitor, held, async (tx, owner) => {
    if (!(await noteUse(tx, used))) return refuse('passkey_failed');
    return enter(tx, accounts, visitor, owner, { strength: 'strong', by: 'passkey' });
  });
}

/**
 * Sets up one-time codes as the second factor that a session wants. Not when the account has a factor:
 * whoever only knows its password must not be able to add one of their own; nor without fresh proof:
 * nor must who found a browser signed in.
 */
export async function enrolCodes(
  accounts: Accounts,
  visitor: Visitor,
  held: HeldSession,
  { sealed, code }: { sealed: unknown; code: string },
): Promise<SignInAnswer> {
  const { id } = held.actor;
  const { key } = accounts;
  const secret = openOffer(key, id, sealed);
  const step = secret === null ? null : stepOfCode(secret, code.replace(/\s/g, ''), 0);
  if (!held.isWanting) return refuse('forbidden');
  if (requireRecent(held)) return refuse('reauthenticate');
  if (secret === null || step === null) return refuse('wrong_code');
  return going(accounts, visitor, held, async (tx, owner) => {
    if (await hasFactor(ormOn(tx), id)) return refuse('forbidden');
    await keepCodes(tx, key, id, { secret, step });
    const recoveryCodes = await makeRecoveryCodes(tx, key, id);
    const entered = await enter(tx, accounts, visitor, owner, { strength: 'strong', by: 'code' });
    return { ...entered, recoveryCodes };
  });
}

/** The same with a passkey; recovery codes come along for those who have a password. */
export async function enrolPasskey(
  accounts: Accounts,
  visitor: Visitor,
  held: HeldSession,
  given: unknown,
): Promise<SignInAnswer> {
  const { id } = held.actor;
  if (!held.isWanting) return refuse('forbidden');
  if (requireRecent(held)) return refuse('reauthenticate');
  const made = await checkNew(accounts.db, visitor, id, given);
  if (made === null) return refuse('passkey_failed');
  return going(accounts, visitor, held, async (tx, owner) => {
    const orm = ormOn(tx);
    if (await hasFactor(orm, id)) return refuse('forbidden');
    if (!(await keepPasskey(tx, id, made, ''))) return refuse('passkey_known');
    const { hasPassword } = await readFactors(orm, id);
    const codes = hasPassword ? await makeRecoveryCodes(tx, accounts.key, id) : null;
    const proof = { strength: 'strong', by: 'passkey' } as const;
    const entered = await enter(tx, accounts, visitor, owner, proof);
    return { ...entered, ...(codes && { recoveryCodes: codes }) };
  });
}

/** Goes on from a session that wants a factor, while that holds: another password may have ended it. */
function going(
  accounts: Accounts,
  visitor: Visitor,
  held: HeldSession,
  work: (tx: Transaction, owner: Owner) => Promise<SignInAnswer>,
): Promise<SignInAnswer> {
  return entering(accounts, visitor, async (tx) => {
    await lockAccount(tx, held.actor.id);
    const owner = await readOwner(tx, held.actor.id);
    return owner && (await holdSession(tx, held)) ? work(tx, owner) : refuse('forbidden');
  });
}
