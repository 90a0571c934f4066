import { and, eq, isNull, sql } from 'drizzle-orm';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operatorIdentity } from '#db/schema/credential.ts';
import { operator } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { lockOperators } from '#server/operators/change-operator.ts';
import { tellAdmins } from '#server/operators/role-news.ts';
import {
  type Accounts,
  enter,
  entering,
  lockAccount,
  noteCredential,
  noteFailure,
  type Owner,
  refuse,
  type SignInAnswer,
  type Visitor,
} from './accounts.ts';
import { hasFactor } from './factors.ts';
import { identityFields } from './identities.ts';
import { readOperatorName } from './operator-name.ts';
import type { Provider, ProviderClaims } from './provider.ts';

const WHY = 'The organisation’s provider says so.';

/**
 * Signs in whom the organisation's provider has let in, known by issuer and subject alone. Their
 * roles are what the provider says now, on the record when that changes; whoever has none there gets
 * none here, and isn't let in. The last admin stays one.
 */
export async function signInByProvider(
  accounts: Accounts,
  visitor: Visitor,
  provider: Provider,
  { address, sealed }: { address: URL; sealed: string | null },
): Promise<SignInAnswer> {
  const { db } = accounts;
  let claims: ProviderClaims;
  try {
    claims = await provider.finish(address, sealed, { for: 'sign_in' });
  } catch {
    await noteFailure(db, null, 'provider_failed');
    return refuse('provider_failed');
  }
  // Committed by itself: roles taken away are gone, whether or not somebody is let in.
  const owner = await db.begin((tx) => settle(tx, claims));
  if (owner === null || owner.roles.length === 0) {
    await noteFailure(db, owner?.id ?? null, 'not_invited');
    return refuse('not_invited');
  }
  return entering(accounts, visitor, async (tx) => {
    // Taken away, or disabled, since: a reset must not be followed by a session.
    if (!(await holdIdentity(tx, claims, owner.id))) return refuse('not_invited');
    const isHalf = !claims.isStrong && (await hasFactor(ormOn(tx), owner.id));
    const strength = claims.isStrong ? 'strong' : isHalf ? 'half' : 'single';
    // The provider may know them and have asked nothing.
    const isFresh = claims.asked === 'anew';
    return enter(tx, accounts, visitor, owner, { strength, by: 'provider', isFresh });
  });
}

async function holdIdentity(
  tx: Transaction,
  { issuer, subject }: ProviderClaims,
  operatorId: string,
): Promise<boolean> {
  // Whoever takes it away waits, or has done so.
  await lockAccount(tx, operatorId);
  const rows = await ormOn(tx)
    .select({ id: operator.id })
    .from(operatorIdentity)
    .innerJoin(operator, eq(operator.id, operatorIdentity.operatorId))
    .where(
      and(
        eq(operatorIdentity.issuer, issuer),
        eq(operatorIdentity.subject, subject),
        eq(operator.id, operatorId),
        isNull(operator.disabledAt),
      ),
    )
    .for('share', { of: operator });
  return rows.length === 1;
}

/** Brings the account in line with what the provider says. Null: there is none, and will be none. */
async function settle(tx: Transaction, claims: ProviderClaims): Promise<Owner | null> {
  await lockOperators(tx);
  const orm = ormOn(tx);
  const { issuer, subject, roles } = claims;
  const [known] = await orm
    .select({ id: operator.id, roles: operator.roles, disabledAt: operator.disabledAt })
    .from(operatorIdentity)
    .innerJoin(operator, eq(operator.id, operatorIdentity.operatorId))
    .where(and(eq(operatorIdentity.issuer, issuer), eq(operatorIdentity.subject, subject)))
    .for('update', { of: operator });
  if (!known) return roles.length === 0 ? null : add(tx, claims);
  if (known.disabledAt !== null) return null;
  const keepsAdmin = known.roles.includes('admin') && !(await hasOtherAdmin(tx, known.id));
  const after: OperatorRole[] =
    keepsAdmin && !roles.includes('admin') ? [...roles, 'admin'] : [...roles];
  const [granted, revoked] = [without(after, known.roles), without(known.roles, after)];
  if (granted.length + revoked.length === 0) return { id: known.id, roles: known.roles };
  await noteRoles(tx, known.id, known.roles, after);
  await orm.update(operator).set({ roles: after }).where(eq(operator.id, known.id));
  for (const [change, changed] of [
    ['granted', granted],
    ['revoked', revoked],
  ] as const) {
    const told = { operatorId: known.id, byId: null, change, roles: changed };
    if (changed.length > 0) await tellAdmins(tx, told);
  }
  return { id: known.id, roles: after };
}

async function add(tx: Transaction, claims: ProviderClaims): Promise<Owner> {
  const { issuer, subject } = claims;
  const roles = [...claims.roles];
  const id = await insert(tx, readOperatorName(claims.name.slice(0, 100)) ?? 'Operator', roles);
  const target = `operator:${id}`;
  await noteCredential(tx, 'system', id, 'identity_linked', identityFields(claims));
  await ormOn(tx).insert(operatorIdentity).values({ issuer, subject, operatorId: id });
  await appendAudit(tx, [
    {
      action: 'operator.added',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: 'system',
      target_type: 'operator',
      target,
      fields: [
        { name: 'after', value: { roles }, subject: target },
        { name: 'reason', value: WHY, subject: target },
      ],
    },
  ]);
  await tellAdmins(tx, { operatorId: id, byId: null, change: 'added', roles });
  return { id, roles };
}

/** Names are unique here, and need not be there. */
async function insert(tx: Transaction, name: string, roles: OperatorRole[]): Promise<string> {
  for (let number = 1; ; number++) {
    const values = { name: number === 1 ? name : `${name} (${number})`, roles };
    const [row] = await ormOn(tx)
      .insert(operator)
      .values(values)
      .onConflictDoNothing()
      .returning({ id: operator.id });
    if (row) return row.id;
  }
}

async function hasOtherAdmin(tx: Transaction, id: string): Promise<boolean> {
  const others = sql`${operator.id} <> ${id} and ${operator.disabledAt} is null
    and 'admin' = any(${operator.roles})`;
  return (await ormOn(tx).$count(operator, others)) > 0;
}

async function noteRoles(
  tx: Transaction,
  id: string,
  before: readonly OperatorRole[],
  after: readonly OperatorRole[],
): Promise<void> {
  const target = `operator:${id}`;
  const actions = [
    ...(without(after, before).length > 0 ? ['operator.role_granted'] : []),
    ...(without(before, after).length > 0 ? ['operator.role_revoked'] : []),
  ];
  await appendAudit(
    tx,
    actions.map((action) => ({
      action,
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: 'system',
      target_type: 'operator',
      target,
      fields: [
        { name: 'before', value: { roles: before }, subject: target },
        { name: 'after', value: { roles: after }, subject: target },
        { name: 'reason', value: WHY, subject: target },
      ],
    })),
  );
}

function without(roles: readonly OperatorRole[], others: readonly OperatorRole[]): OperatorRole[] {
  return roles.filter((role) => !others.includes(role));
}
