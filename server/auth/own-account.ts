import { and, eq } from 'drizzle-orm';
import type { AccountAnswer, AccountRefused, Profile } from '#app/domain/access/account.ts';
import { needsFactor } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { codeSecret, passkey } from '#db/schema/credential.ts';
import {
  type Accounts,
  allOrNothing,
  lockAccount,
  noteCredential,
  refuse,
  type Visitor,
} from './accounts.ts';
import { keepCodes } from './code-factor.ts';
import { markGone, textOfPasskey } from './credential-marks.ts';
import { readFactors } from './factors.ts';
import { readIdentities } from './identities.ts';
import { hashNewPassword, keepPassword } from './new-password.ts';
import { openOffer, stepOfCode } from './one-time-codes.ts';
import { checkNew, keepPasskey } from './passkeys.ts';
import { findPasswordFlaw, normalizePassword } from './password-rules.ts';
import { requireRecent } from './recent.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { endOthersIn, listSessions } from './session-list.ts';
import { holdSession, type Session } from './sessions.ts';

const LONGEST_LABEL = 60;

/** An operator's own account. */
export async function readProfile({ db, limits }: Accounts, asker: Session): Promise<Profile> {
  const { id } = asker.actor;
  const [factors, identities, sessions] = await Promise.all([
    readFactors(db.orm, id),
    readIdentities(db.orm, id),
    listSessions(db.orm, [id], asker.id),
  ]);
  const { name, roles } = asker.viewer;
  const isNeeded = (limits.requireFactor ?? false) && needsFactor(roles);
  return { name, factors, identities, needsFactor: isNeeded, sessions, isRecent: asker.isRecent };
}

/** Changes, or first sets, one's own password; one's other sessions end. */
export async function changePassword(
  accounts: Accounts,
  asker: Session,
  given: string,
): Promise<AccountAnswer> {
  const password = normalizePassword(given.slice(0, 1_024));
  const flaw = findPasswordFlaw(password, asker.viewer.name);
  if (flaw !== null) return refuse(flaw);
  if (requireRecent(asker)) return refuse('reauthenticate');
  const hashed = await hashNewPassword(accounts, asker.actor.id, password);
  if (!hashed.ok) return hashed;
  let ended: string[] = [];
  const answer = await changeAccount(accounts, asker, async (tx, id) => {
    await keepPassword(tx, id, hashed.hash);
    ended = await endOthersIn(tx, asker);
    return { ok: true };
  });
  if (answer.ok) for (const each of ended) accounts.endSockets(each);
  return answer;
}

/** Sets one-time codes up, or puts another secret in their place; with new recovery codes. */
export function changeCodes(
  accounts: Accounts,
  asker: Session,
  { sealed, code }: { sealed: string; code: string },
): Promise<AccountAnswer> {
  const { key } = accounts;
  return changeAccount(accounts, asker, async (tx, id) => {
    const secret = openOffer(key, id, sealed);
    const step = secret === null ? null : stepOfCode(secret, code.replace(/\s/g, ''), 0);
    if (secret === null || step === null) return refuse('wrong_code');
    await keepCodes(tx, key, id, { secret, step });
    return { ok: true, recoveryCodes: await makeRecoveryCodes(tx, key, id) };
  });
}

/** Gives one-time codes up, unless they are the last second factor of someone who needs one. */
export function removeCodes(accounts: Accounts, asker: Session): Promise<AccountAnswer> {
  return changeAccount(accounts, asker, async (tx, id) => {
    const orm = ormOn(tx);
    const { hasCodes, passkeys } = await readFactors(orm, id);
    if (!hasCodes) return refuse('not_found');
    if (passkeys.length === 0 && needsFactor(asker.viewer.roles)) return refuse('last_factor');
    await noteCredential(tx, asker.ref, id, 'codes_removed');
    await orm.delete(codeSecret).where(eq(codeSecret.operatorId, id));
    return { ok: true };
  });
}

/** Makes ten new recovery codes; the old ones are worth nothing then. */
export function renewRecoveryCodes(accounts: Accounts, asker: Session): Promise<AccountAnswer> {
  return changeAccount(accounts, asker, async (tx, id) => {
    const { hasCodes, passkeys } = await readFactors(ormOn(tx), id);
    if (!hasCodes && passkeys.length === 0) return refuse('not_found');
    return { ok: true, recoveryCodes: await makeRecoveryCodes(tx, accounts.key, id) };
  });
}

/** Adds a passkey. @param label what its owner calls it; may be empty */
export async function addPasskey(
  accounts: Accounts,
  visitor: Visitor,
  asker: Session,
  { response, label }: { response: unknown; label: string },
): Promise<AccountAnswer> {
  if (requireRecent(asker)) return refuse('reauthenticate');
  const made = await checkNew(accounts.db, visitor, asker.actor.id, response);
  if (made === null) return refuse('passkey_failed');
  const named = label.toWellFormed().replaceAll('\0', '').trim().slice(0, LONGEST_LABEL);
  return changeAccount(accounts, asker, async (tx, id) =>
    (await keepPasskey(tx, id, made, named)) ? { ok: true } : refuse('passkey_known'),
  );
}

/** Removes a passkey, unless it is the last way in, or the last second factor of who needs one. */
export function removePasskey(
  accounts: Accounts,
  asker: Session,
  passkeyId: string,
): Promise<AccountAnswer> {
  return changeAccount(accounts, asker, async (tx, id) => {
    const { hasPassword, hasCodes, passkeys } = await readFactors(ormOn(tx), id);
    if (!passkeys.some((each) => each.id === passkeyId)) return refuse('not_found');
    const isLast = passkeys.length === 1;
    if (isLast && !hasPassword) return refuse('last_way_in');
    if (isLast && !hasCodes && needsFactor(asker.viewer.roles)) return refuse('last_factor');
    const [gone] = await ormOn(tx)
      .delete(passkey)
      .where(and(eq(passkey.id, passkeyId), eq(passkey.operatorId, id)))
      .returning({ id: passkey.id, publicKey: passkey.publicKey });
    if (!gone) return refuse('not_found');
    await noteCredential(tx, asker.ref, id, 'passkey_removed', markGone(textOfPasskey(gone)));
    return { ok: true };
  });
}

/** Runs a change of one's own account, which only somebody who proved lately who they are may make. */
export async function changeAccount(
  { db }: Accounts,
  asker: Session,
  work: (tx: Transaction, id: string) => Promise<AccountAnswer>,
): Promise<AccountAnswer> {
  const { kind, id } = asker.actor;
  if (kind !== 'operator') return refuse('forbidden');
  const stale: AccountRefused | null = requireRecent(asker);
  if (stale) return stale;
  return allOrNothing(db, async (tx) => {
    await lockAccount(tx, id);
    // It may have been ended, for being a thief's, while a hash was made.
    if (!(await holdSession(tx, asker))) return refuse('forbidden');
    return work(tx, id);
  });
}
