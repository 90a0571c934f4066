import type { AccountRefused, BrowserFamily } from '#app/domain/access/account.ts';
import type { OperatorRole } from '#app/load-context.ts';
import type { Db, Transaction } from '#db/client.ts';
import type { AuditField } from '#server/audit/entry.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Cohort } from '#server/incidents/cohort.ts';
import type { AccountKey } from './account-key.ts';
import { landingOf } from './landing.ts';
import { failureEntry } from './links.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { Provider } from './provider.ts';
import { endSessionIn, type Proof, type SessionLimits, startSession } from './sessions.ts';
import { hashToken } from './token.ts';

/** What accounts stand on. */
export interface Accounts {
  db: Db;
  limits: SessionLimits;
  hasher: PasswordHasher;
  key: AccountKey;
  /** The organisation's own provider; null without one. */
  provider: Provider | null;
  cohortOf(network: string): Promise<Cohort | null>;
  /** Closes the sockets of a session. @param hash its `token_hash` */
  endSockets(hash: string): void;
  /** Lets them come again as those of the session that took over. @param from a `token_hash`, as `to` */
  moveSockets(from: string, to: string): void;
}

/** Who asks: a browser that may not have shown yet whose it is. */
export interface Visitor {
  browser: BrowserFamily;
  /** An address; counted by its keyed hash only. */
  network: string;
  /** The console's own origin, as this browser sees it. */
  origin: URL;
  /** Of the session it has now, which ends when another begins. */
  token: string | null;
}

/** Somebody with an account. */
export interface Owner {
  id: string;
  roles: readonly OperatorRole[];
}

export interface SignedIn {
  ok: true;
  /** A new one at every step: a token known before it never gains a right. */
  token: string;
  landing: string;
  recoveryCodes?: readonly string[];
}

export type SignInAnswer = SignedIn | AccountRefused;

/**
 * Runs a transaction that may end in a new session; the browser's old one, and its sockets, are
 * gone then. A refusal leaves nothing behind.
 */
export async function entering(
  { db, endSockets }: Accounts,
  { token }: Visitor,
  work: (tx: Transaction) => Promise<SignInAnswer>,
): Promise<SignInAnswer> {
  const answer = await allOrNothing(db, work);
  if (answer.ok && token !== null) endSockets(hashToken(token));
  return answer;
}

/** Runs a transaction that a refusal rolls back. */
export async function allOrNothing<Answer extends { ok: true } | AccountRefused>(
  db: Db,
  work: (tx: Transaction) => Promise<Answer | AccountRefused>,
): Promise<Answer | AccountRefused> {
  try {
    return await db.begin(async (tx) => {
      const answer = await work(tx);
      if (!answer.ok) throw new RolledBack(answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.refused;
    throw error;
  }
}

class RolledBack extends Error {
  readonly refused: AccountRefused;

  constructor(refused: AccountRefused) {
    super(`Refused: ${refused.reason}`);
    this.refused = refused;
  }
}

/** Replaces the browser's session by a new one of an operator, inside the caller's transaction. */
export async function enter(
  tx: Transaction,
  { limits }: Accounts,
  { token: before, browser }: Visitor,
  { id, roles }: Owner,
  proof: Omit<Proof, 'browser'>,
): Promise<SignedIn> {
  const holder = { kind: 'operator', id } as const;
  await endSessionIn(tx, before);
  const token = await startSession(tx, holder, limits, { ...proof, browser });
  return { ok: true, token, landing: landingOf(holder, roles, proof.strength, limits) };
}

/** Puts a failed attempt on the record: whose account, when there is one, and never what was typed. */
export async function noteFailure(db: Db, operatorId: string | null, why: string): Promise<void> {
  const holder = operatorId === null ? null : ({ kind: 'operator', id: operatorId } as const);
  await db.begin((tx) => appendAudit(tx, [failureEntry(holder, why)]));
}

/** Puts a change of how an operator signs in on the record. */
export async function noteCredential(
  tx: Transaction,
  actor: string,
  operatorId: string,
  change: CredentialChange,
  fields: AuditField[] = [],
): Promise<void> {
  const target = `operator:${operatorId}`;
  const occurred_at = Date.now();
  await appendAudit(tx, [
    {
      action: `credential.${change}`,
      outcome: 'accepted',
      occurred_at,
      actor,
      target_type: 'operator',
      target,
      fields: fields.map((field) => ({ ...field, subject: target })),
    },
  ]);
}

export type CredentialChange =
  | 'password_set'
  | 'passkey_added'
  | 'passkey_removed'
  | 'codes_set'
  | 'codes_removed'
  | 'recovery_codes_made'
  | 'identity_linked'
  | 'identity_unlinked'
  | 'reset';

/** Lets changes of one account's credentials happen one after the other. */
export async function lockAccount(tx: Transaction, operatorId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext(${`account ${operatorId}`}))`;
}

export function refuse(reason: AccountRefused['reason'], retryAfter?: number): AccountRefused {
  return { ok: false, reason, ...(retryAfter !== undefined && { retryAfter }) };
}
