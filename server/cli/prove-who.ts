import type { AccountRefusal, TerminalPurpose } from '#app/domain/access/account.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Db } from '#db/client.ts';
import { keepAccountKey, openAccountKey } from '#server/auth/account-key.ts';
import { readFactors } from '#server/auth/factors.ts';
import { readIdentities } from '#server/auth/identities.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { proveByTerminal } from '#server/auth/prove-by-terminal.ts';
import { isConfirmed } from '#server/auth/prove-in-console.ts';
import { makeCode, spellCode } from '#server/auth/typed-code.ts';
import type { Run } from './run.ts';
import { CommandError, type CommandSession } from './session.ts';

const WORDS: Partial<Record<AccountRefusal, string>> = {
  wrong: 'This is not the password. The attempt is on the record.',
  wrong_code: 'This is not a code of now. The attempt is on the record.',
};
/** How long a code can be confirmed in the console, in milliseconds, and how often that is looked for. */
const PATIENCE = 10 * 60_000;
const LOOK_EVERY = 1_000;

/** What the option for it says. */
export const IN_CONSOLE =
  'proves it by a code that is confirmed in the console, as who has no password does';

/** Who they say they are, and what for, for the record. */
export interface Claim {
  /** A name, or an id. */
  named: string;
  purpose: TerminalPurpose;
  /** Prove it in the console, though there is a password. */
  inConsole?: boolean | undefined;
}

/**
 * Lets whoever is at the command line prove that they are the operator they say: by password and, with a
 * second factor, a code, asked for at the terminal or read from standard input, a line each; or, as
 * whoever has no password does, by confirming a code in the console.
 * @returns the operator's id
 * @throws CommandError when there is no such operator, or they are not proven
 */
export async function proveWho(
  run: Run,
  session: Pick<CommandSession, 'db' | 'config' | 'dataDir' | 'consoleUrl'>,
  { named, purpose, inConsole }: Claim,
): Promise<string> {
  const { db, config, dataDir, consoleUrl } = session;
  const { id, name } = await findOperator(db, named);
  const [{ hasPassword, hasCodes, passkeys }, identities] = await Promise.all([
    readFactors(db.orm, id),
    readIdentities(db.orm, id),
  ]);
  if (inConsole || (!hasPassword && passkeys.length + identities.length > 0)) {
    await awaitConsole(run, db, consoleUrl, { id, name, purpose });
    return id;
  }
  const wantsCode = hasCodes || passkeys.length > 0;
  const prompts = [`Password of ${name}`, ...(wantsCode ? [`One-time code of ${name}`] : [])];
  const [password = '', code = null] = await run.ask(prompts);
  const kept = config.accounts.key ?? (dataDir === undefined ? null : keepAccountKey(dataDir));
  if (kept === null) throw new CommandError('ACCOUNT_KEY is missing.');
  const tools = { db, hasher: openPasswordHasher({ lanes: 1 }), key: openAccountKey(kept) };
  const proven = await proveByTerminal(tools, id, { password, code }, purpose);
  if (proven.ok) return id;
  const wait = proven.retryAfter === undefined ? '' : ` for ${proven.retryAfter} s`;
  throw new CommandError(WORDS[proven.reason] ?? `Too many attempts: wait${wait}.`);
}

/** Shows a code, and waits until its operator has confirmed it. @throws CommandError when they don't */
async function awaitConsole(
  run: Run,
  db: Db,
  consoleUrl: string,
  { id, name, purpose }: { id: string; name: string; purpose: TerminalPurpose },
): Promise<void> {
  const code = makeCode();
  const page = new URL('/terminal', consoleUrl).href;
  run.remark(`${name} confirms this code at ${page} within ten minutes: ${spellCode(code)}`);
  const until = performance.now() + PATIENCE;
  while (!(await isConfirmed(db, id, { code, purpose }))) {
    if (performance.now() > until) throw new CommandError('Nobody confirmed the code in time.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

async function findOperator({ sql }: Db, named: string): Promise<{ id: string; name: string }> {
  const [row] = await sql<{ id: string; name: string }[]>`
    select id, name from operator where disabled_at is null
      and (lower(name) = lower(${named}) or id = ${isUuid(named) ? named : null}::uuid)`;
  if (!row) throw new CommandError('There is no enabled operator of this name or id.');
  return row;
}
