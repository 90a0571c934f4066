import { eq, isNull, sql } from 'drizzle-orm';
import { ormOn } from '#db/orm.ts';
import { operatorPassword } from '#db/schema/credential.ts';
import { operator } from '#db/schema/operator.ts';
import {
  type Accounts,
  enter,
  entering,
  noteFailure,
  refuse,
  type SignInAnswer,
  type Visitor,
} from './accounts.ts';
import { hasFactor } from './factors.ts';
import { normalizePassword } from './password-rules.ts';
import { tryPassword } from './sign-in-limit.ts';

const LONGEST_NAME = 128;
const LONGEST_PASSWORD = 1_024;

/**
 * Signs in by name and password; a second factor is asked for next where the account has one, or
 * must have one. An account that isn't there, is disabled or has no password takes as long, and is
 * answered and limited, as a wrong password.
 */
export async function signInByPassword(
  accounts: Accounts,
  visitor: Visitor,
  given: { name: unknown; password: unknown },
): Promise<SignInAnswer> {
  const { db, hasher, key } = accounts;
  const name = textOf(given.name, LONGEST_NAME).normalize('NFC').trim();
  const password = normalizePassword(textOf(given.password, LONGEST_PASSWORD));
  const { folded, found } = await readAccount(accounts, name);
  const account = key.hash(folded, 'sign-in account');
  const network = await accounts.cohortOf(visitor.network);
  const readHolder = async () => found?.id ?? null;
  const tried = await tryPassword(db, { account, network, readHolder });
  if (!tried.ok) return refuse('limited', tried.retryAfter);

  const hash = found?.disabledAt === null ? found.hash : null;
  const isRight = await hasher.verify(password, hash);
  if (isRight === null) {
    await tried.attempt.wasNone();
    return refuse('busy');
  }
  if (!isRight || !found) {
    await noteFailure(db, found?.id ?? null, 'wrong');
    return refuse('wrong');
  }
  const answer = await entering(accounts, visitor, async (tx) => {
    const orm = ormOn(tx);
    // Disabled, or given another password, while the hash was being made.
    const [still] = await orm
      .select({ roles: operator.roles, hash: operatorPassword.hash })
      .from(operator)
      .innerJoin(operatorPassword, eq(operatorPassword.operatorId, operator.id))
      .where(sql`${operator.id} = ${found.id} and ${isNull(operator.disabledAt)}`)
      .for('share', { of: [operator, operatorPassword] });
    if (!still || still.hash !== hash) return refuse('wrong');
    const strength = (await hasFactor(orm, found.id)) ? 'half' : 'single';
    const owner = { id: found.id, roles: still.roles };
    return enter(tx, accounts, visitor, owner, { strength, by: 'password' });
  });
  if (answer.ok) await tried.attempt.succeeded();
  return answer;
}

interface FoundAccount {
  id: string;
  disabledAt: Date | null;
  hash: string | null;
}

/** @returns also the name as accounts are told apart by: the database alone says which letters are one */
async function readAccount(
  { db }: Accounts,
  name: string,
): Promise<{ folded: string; found: FoundAccount | undefined }> {
  const [row] = await db.sql<(FoundAccount & { folded: string })[]>`
    select n.folded, o.id, o.disabled_at as "disabledAt", p.hash
    from (select lower(${name}::text) as folded) n
    left join operator o on lower(o.name) = n.folded
    left join operator_password p on p.operator_id = o.id`;
  return { folded: row?.folded ?? name, found: row?.id ? row : undefined };
}

/** A form's value; anything that can be nobody's becomes what nobody has. */
function textOf(value: unknown, longest: number): string {
  const isSound = typeof value === 'string' && value.length <= longest && !value.includes('\0');
  return isSound && value.isWellFormed() ? value : '';
}
