import { ormOn } from '#db/orm.ts';
import { type Accounts, noteFailure, refuse } from './accounts.ts';
import { readIdentities } from './identities.ts';
import { type Proven, proving } from './prove-again.ts';
import type { Provider, ProviderClaims } from './provider.ts';
import type { Session } from './sessions.ts';

const REFUSED = { before: 'provider_stale', untimed: 'provider_untimed' } as const;

/** Whether an operator can prove who they are at the provider: a sign-in there is their account's. */
export async function canProveBy(
  { db }: Pick<Accounts, 'db'>,
  provider: Provider,
  operatorId: string,
): Promise<boolean> {
  const linked = await readIdentities(db.orm, operatorId);
  return linked.some(({ issuer }) => provider.issues(issuer));
}

/**
 * Proves once more who one is, by the sign-in at the organisation's provider that this very session
 * sent its browser to. Only one that is linked to the account counts, and only when the provider says
 * itself that it asked them since: one that let them through, or doesn't say, has proven nothing.
 * @param came where the provider sent the browser back to, and what it was begun with
 */
export async function proveByProvider(
  accounts: Accounts,
  asker: Session,
  provider: Provider,
  came: { address: URL; sealed: string | null },
): Promise<Proven> {
  const { db } = accounts;
  const { id } = asker.actor;
  let claims: ProviderClaims;
  try {
    claims = await provider.finish(came.address, came.sealed, { for: 'proof', session: asker.id });
  } catch {
    await noteFailure(db, id, 'provider_failed');
    return refuse('provider_failed');
  }
  if (claims.asked !== 'anew') {
    await noteFailure(db, id, REFUSED[claims.asked]);
    return refuse(REFUSED[claims.asked]);
  }
  const answer = await proving(accounts, asker, async (tx) => {
    const linked = await readIdentities(ormOn(tx), id);
    const isOwn = linked.some(
      ({ issuer, subject }) => issuer === claims.issuer && subject === claims.subject,
    );
    return isOwn ? 'provider' : refuse('identity_foreign');
  });
  if (!answer.ok) await noteFailure(db, id, answer.reason);
  return answer;
}
