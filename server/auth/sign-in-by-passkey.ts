import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import {
  type Accounts,
  enter,
  entering,
  noteFailure,
  type Owner,
  refuse,
  type SignInAnswer,
  type Visitor,
} from './accounts.ts';
import { checkSigned, noteUse } from './passkeys.ts';

/** Signs in by a passkey alone: the device it is on, and what unlocks it, are two factors. */
export async function signInByPasskey(
  accounts: Accounts,
  visitor: Visitor,
  given: unknown,
): Promise<SignInAnswer> {
  const used = await checkSigned(accounts.db, visitor, 'sign_in', null, given);
  if (used === null) {
    await noteFailure(accounts.db, null, 'passkey_failed');
    return refuse('passkey_failed');
  }
  return entering(accounts, visitor, async (tx) => {
    const owner = await readOwner(tx, used.operatorId);
    if (!owner || !(await noteUse(tx, used))) return refuse('passkey_failed');
    return enter(tx, accounts, visitor, owner, { strength: 'strong', by: 'passkey' });
  });
}

/** Whoever has an account that isn't disabled. */
export async function readOwner(tx: Transaction, id: string): Promise<Owner | undefined> {
  const [row] = await ormOn(tx)
    .select({ id: operator.id, roles: operator.roles })
    .from(operator)
    .where(and(eq(operator.id, id), isNull(operator.disabledAt)))
    .for('share');
  return row;
}
