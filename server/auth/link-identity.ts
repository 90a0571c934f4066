import { and, eq } from 'drizzle-orm';
import type { AccountAnswer, LinkedIdentity } from '#app/domain/access/account.ts';
import { ormOn } from '#db/orm.ts';
import { operatorIdentity } from '#db/schema/credential.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Accounts, noteCredential, refuse } from './accounts.ts';
import { readFactors } from './factors.ts';
import { identityFields, readIdentities } from './identities.ts';
import { changeAccount } from './own-account.ts';
import type { Provider, ProviderClaims } from './provider.ts';
import { requireRecent } from './recent.ts';
import type { Session } from './sessions.ts';

/**
 * Links the sign-in at the organisation's provider that this very session began to its account. One
 * that is another account's already stays there: it is refused, on the record.
 * @param came where the provider sent the browser back to, and what it was begun with
 */
export async function linkIdentity(
  accounts: Accounts,
  asker: Session,
  provider: Provider,
  came: { address: URL; sealed: string | null },
): Promise<AccountAnswer> {
  const stale = requireRecent(asker);
  if (stale) return stale;
  let claims: ProviderClaims;
  try {
    claims = await provider.finish(came.address, came.sealed, {
      for: 'link',
      session: asker.id,
    });
  } catch {
    await noteRefusal(accounts, asker, 'provider_failed');
    return refuse('provider_failed');
  }
  const { issuer, subject } = claims;
  const answer = await changeAccount(accounts, asker, async (tx, id) => {
    const orm = ormOn(tx);
    const added = await orm
      .insert(operatorIdentity)
      .values({ issuer, subject, operatorId: id })
      .onConflictDoNothing()
      .returning({ operatorId: operatorIdentity.operatorId });
    if (added.length === 0) {
      const own = (await readIdentities(orm, id)).some(isOne(issuer, subject));
      return refuse(own ? 'identity_known' : 'identity_taken');
    }
    await noteCredential(tx, asker.ref, id, 'identity_linked', identityFields(claims));
    return { ok: true };
  });
  if (!answer.ok) await noteRefusal(accounts, asker, answer.reason);
  return answer;
}

/**
 * Gives such a sign-in up, unless no way in were left: one at an issuer that isn't configured (any more)
 * is none.
 */
export function unlinkIdentity(
  accounts: Accounts,
  asker: Session,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<AccountAnswer> {
  return changeAccount(accounts, asker, async (tx, id) => {
    const orm = ormOn(tx);
    const linked = await readIdentities(orm, id);
    if (!linked.some(isOne(issuer, subject))) return refuse('not_found');
    const { hasPassword, passkeys } = await readFactors(orm, id);
    const others = linked.filter((each) => !isOne(issuer, subject)(each));
    const isOtherIn = others.some((each) => accounts.provider?.issues(each.issuer));
    if (!isOtherIn && !hasPassword && passkeys.length === 0) return refuse('last_way_in');
    await noteCredential(
      tx,
      asker.ref,
      id,
      'identity_unlinked',
      identityFields({ issuer, subject }),
    );
    await orm
      .delete(operatorIdentity)
      .where(
        and(
          eq(operatorIdentity.issuer, issuer),
          eq(operatorIdentity.subject, subject),
          eq(operatorIdentity.operatorId, id),
        ),
      );
    return { ok: true };
  });
}

function isOne(issuer: string, subject: string) {
  return (other: LinkedIdentity) => other.issuer === issuer && other.subject === subject;
}

async function noteRefusal({ db }: Accounts, asker: Session, why: string): Promise<void> {
  await db.begin((tx) =>
    appendAudit(tx, [
      {
        action: 'credential.identity_linked',
        outcome: 'refused',
        occurred_at: Date.now(),
        actor: asker.ref,
        target_type: 'operator',
        target: `operator:${asker.actor.id}`,
        fields: [{ name: 'refusal', value: why }],
      },
    ]),
  );
}
