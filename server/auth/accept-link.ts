import { and, eq, sql } from 'drizzle-orm';
import type { FirstCredential, OpenLink } from '#app/domain/access/account.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator, signInLink } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
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
import { hasFactor } from './factors.ts';
import type { LinkPurpose } from './links.ts';
import { hashNewPassword, keepPassword } from './new-password.ts';
import { readOperatorName } from './operator-name.ts';
import { checkNew, keepPasskey, type NewPasskey } from './passkeys.ts';
import { findPasswordFlaw, normalizePassword } from './password-rules.ts';
import { hasAdmin } from './set-up.ts';
import { readOwner } from './sign-in-by-passkey.ts';
import { hashToken, isToken } from './token.ts';

type Accepting = Exclude<LinkPurpose, 'sign_in'>;

interface LinkOwner {
  id: string;
  name: string | null;
}

/** Whose link this is, while it can be used; looking uses nothing up. */
export async function readLink(
  db: Db,
  token: unknown,
  purpose: Accepting,
): Promise<(LinkOwner & OpenLink) | null> {
  if (!isToken(token)) return null;
  return db.begin((tx) => findLink(tx, token, purpose));
}

async function findLink(
  tx: Transaction,
  token: string,
  purpose: Accepting,
): Promise<LinkOwner | null> {
  const orm = ormOn(tx);
  const [row] = await orm
    .select({ id: signInLink.operatorId, name: operator.name, disabledAt: operator.disabledAt })
    .from(signInLink)
    .leftJoin(operator, eq(operator.id, signInLink.operatorId))
    .where(
      and(
        eq(signInLink.tokenHash, hashToken(token)),
        eq(signInLink.purpose, purpose),
        sql`${signInLink.usedAt} is null and ${signInLink.expiresAt} > clock_timestamp()`,
      ),
    )
    .for('update', { of: signInLink });
  if (!row?.id) return null;
  if (purpose === 'set_up') return (await hasAdmin(orm)) ? null : { id: row.id, name: null };
  return row.name === null || row.disabledAt !== null ? null : { id: row.id, name: row.name };
}

/** What a link's user chose, checked and hashed before anything is locked. */
type Chosen = { ok: true; hash: string } | { ok: true; made: NewPasskey };

/**
 * Uses an invitation or the set-up link up: its holder gets the password or passkey they chose, and
 * is signed in as far as that reaches. The set-up link's becomes the first admin, and needs a name.
 */
export async function acceptLink(
  accounts: Accounts,
  visitor: Visitor,
  purpose: Accepting,
  first: FirstCredential,
): Promise<SignInAnswer> {
  const { db } = accounts;
  const { token } = first;
  const link = isToken(token) ? await readLink(db, token, purpose) : null;
  if (link === null) {
    await noteFailure(db, null, 'link_unusable');
    return refuse('link_unusable');
  }
  const name = link.name ?? readOperatorName(first.name);
  if (name === null) return refuse('name_missing');
  const chosen = await readChoice(accounts, visitor, { id: link.id, name }, first);
  if (!chosen.ok) return chosen;
  return entering(accounts, visitor, async (tx) => {
    // Two who set up at once, or an admin disabled meanwhile, wait here for one another.
    await tx`select pg_advisory_xact_lock(hashtext('operator'))`;
    const still = await findLink(tx, token, purpose);
    if (still === null) return refuse('link_unusable');
    await lockAccount(tx, still.id);
    const owner =
      still.name === null ? await addAdmin(tx, still.id, name) : await readOwner(tx, still.id);
    if (!owner) return refuse(still.name === null ? 'name_taken' : 'link_unusable');
    const orm = ormOn(tx);
    await orm
      .update(signInLink)
      .set({ usedAt: sql`now()` })
      .where(eq(signInLink.tokenHash, hashToken(token)));
    if ('made' in chosen) {
      if (!(await keepPasskey(tx, owner.id, chosen.made, ''))) return refuse('passkey_known');
      return enter(tx, accounts, visitor, owner, { strength: 'strong', by: 'passkey' });
    }
    await keepPassword(tx, owner.id, chosen.hash);
    const strength = (await hasFactor(orm, owner.id)) ? 'half' : 'single';
    return enter(tx, accounts, visitor, owner, { strength, by: 'password' });
  });
}

async function readChoice(
  accounts: Accounts,
  visitor: Visitor,
  { id, name }: { id: string; name: string },
  first: FirstCredential,
): Promise<Chosen | ReturnType<typeof refuse>> {
  if ('passkey' in first) {
    const made = await checkNew(accounts.db, visitor, id, first.passkey);
    return made === null ? refuse('passkey_failed') : { ok: true, made };
  }
  const password = normalizePassword(first.password);
  const flaw = findPasswordFlaw(password, name);
  if (flaw !== null) return refuse(flaw);
  return hashNewPassword(accounts, id, password);
}

/** The first admin, named by the link that the command line gave out. Undefined: the name is taken. */
async function addAdmin(tx: Transaction, id: string, name: string): Promise<Owner | undefined> {
  const roles = ['admin'] as const;
  const [row] = await ormOn(tx)
    .insert(operator)
    .values({ id, name, roles: [...roles] })
    .onConflictDoNothing()
    .returning({ id: operator.id, roles: operator.roles });
  if (!row) return undefined;
  const target = `operator:${id}`;
  await appendAudit(tx, [
    {
      action: 'operator.added',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: 'system',
      target_type: 'operator',
      target,
      fields: [
        { name: 'name', value: name, subject: target },
        { name: 'after', value: { roles }, subject: target },
      ],
    },
  ]);
  return row;
}
