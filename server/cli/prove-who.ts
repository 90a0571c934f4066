import type { AccountRefusal } from '#app/domain/access/account.ts';
import type { Db } from '#db/client.ts';
import { keepAccountKey, openAccountKey } from '#server/auth/account-key.ts';
import { hasFactor } from '#server/auth/factors.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { proveByTerminal } from '#server/auth/prove-by-terminal.ts';
import type { Run } from './run.ts';
import { CommandError, type CommandSession } from './session.ts';

const WORDS: Partial<Record<AccountRefusal, string>> = {
  wrong: 'This is not the password. The attempt is on the record.',
  wrong_code: 'This is not a code of now. The attempt is on the record.',
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Lets whoever is at the command line prove that they are the operator they say, by password and, with a
 * second factor, a code; asked for at the terminal or read from standard input, a line each.
 * @param named a name, or an id
 * @param purpose what for, in a word, for the record
 * @returns the operator's id
 * @throws CommandError when there is no such operator, or they are not proven
 */
export async function proveWho(
  run: Run,
  { db, config, dataDir }: Pick<CommandSession, 'db' | 'config' | 'dataDir'>,
  named: string,
  purpose: string,
): Promise<string> {
  const { id, name } = await findOperator(db, named);
  const wantsCode = await hasFactor(db.orm, id);
  const prompts = [`Password of ${name}`, ...(wantsCode ? [`One-time code of ${name}`] : [])];
  const [password = '', code = null] = await run.ask(prompts);
  const kept = config.accounts.key ?? (dataDir === undefined ? null : keepAccountKey(dataDir));
  if (kept === null) throw new CommandError('ACCOUNT_KEY is missing.');
  const tools = { db, hasher: openPasswordHasher(1), key: openAccountKey(kept) };
  const proven = await proveByTerminal(tools, id, { password, code }, purpose);
  if (proven.ok) return id;
  const wait = proven.retryAfter === undefined ? '' : ` for ${proven.retryAfter} s`;
  throw new CommandError(WORDS[proven.reason] ?? `Too many attempts: wait${wait}.`);
}

async function findOperator({ sql }: Db, named: string): Promise<{ id: string; name: string }> {
  const [row] = await sql<{ id: string; name: string }[]>`
    select id, name from operator where disabled_at is null
      and (lower(name) = lower(${named}) or id = ${UUID.test(named) ? named : null}::uuid)`;
  if (!row) throw new CommandError('There is no enabled operator of this name or id.');
  return row;
}
