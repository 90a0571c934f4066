import { beforeAll } from 'vitest';
import type { Accounts } from '#server/auth/accounts.ts';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { enrolCodes } from '#server/auth/second-factor.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import {
  accountsOf,
  addAccount,
  codeOf,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import { useDatabase } from '#test/support/postgres.ts';

/** Accounts on a database of their own, for all tests of the file, and what their tests ask of them. */
export function useAccounts() {
  const base = useDatabase();
  const ended: string[] = [];
  const accounts = {} as Accounts;
  beforeAll(() => void Object.assign(accounts, accountsOf(base, ended)));

  const audit = (target: string) => base.db.sql<{ action: string; outcome: string }[]>`
    select action, outcome from audit.event where target_ref = ${target} order by event_id`;
  const actions = async (target: string) => (await audit(target)).map(({ action }) => action);

  /** A lead who has set one-time codes up. */
  async function addLead() {
    const who = await addAccount(accounts, ['lead']);
    const held = await heldBy(accounts, who.token);
    const { secret, sealed } = offerCodes(accounts.key, who);
    const code = codeOf(secret, -1);
    const answer = await enrolCodes(accounts, visitor(who.token), held, { sealed, code });
    const { token, recoveryCodes = [] } = mustEnter(answer);
    return { ...who, token, secret, recoveryCodes, before: who.token };
  }

  const signIn = (name: string, password = PASSWORD, from = visitor()) =>
    signInByPassword(accounts, from, { name, password });

  return { base, ended, accounts, audit, actions, addLead, signIn };
}
