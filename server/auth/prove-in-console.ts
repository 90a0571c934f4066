import { hash } from 'node:crypto';
import {
  type AccountAnswer,
  TERMINAL_PURPOSES,
  type TerminalPurpose,
} from '#app/domain/access/account.ts';
import type { Db } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { findEvents } from '#server/audit/find-events.ts';
import { readFields } from '#server/audit/read-fields.ts';
import { type Accounts, refuse } from './accounts.ts';
import { changeAccount } from './own-account.ts';
import type { Session } from './sessions.ts';
import { readCode } from './typed-code.ts';

const ACTION = 'operator.proven';

/**
 * Proves who is at the command line, on the record, by a session whose holder proved lately who they are:
 * for those who have a passkey, or the organisation's sign-in, and no password.
 * @param code what the command line shows; typed, so that no link can have it confirmed
 * @param purpose what for; the command line goes on only when it is its own
 */
export function confirmTerminal(
  accounts: Accounts,
  asker: Session,
  { code: typed, purpose }: { code: string; purpose: string },
): Promise<AccountAnswer> {
  return changeAccount(accounts, asker, async (tx, id) => {
    const code = readCode(typed);
    if (code === null) return refuse('wrong_code');
    if (!TERMINAL_PURPOSES.some((each) => each === purpose)) return refuse('not_found');
    const target = `operator:${id}`;
    await appendAudit(tx, [
      {
        action: ACTION,
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: target,
        target_type: 'operator',
        target,
        correlation: correlationOf(code),
        fields: [
          { name: 'by', value: 'console', subject: target },
          { name: 'purpose', value: purpose },
        ],
      },
    ]);
    return { ok: true };
  });
}

/** Whether an operator has confirmed a code, for this and nothing else. */
export async function isConfirmed(
  { sql }: Db,
  operatorId: string,
  { code, purpose }: { code: string; purpose: TerminalPurpose },
): Promise<boolean> {
  const filter = {
    action: ACTION,
    actors: [`operator:${operatorId}`],
    outcome: 'accepted',
    correlation: correlationOf(code),
  } as const;
  const { events } = await findEvents(sql, filter, {}, 10);
  const fields = await readFields(
    sql,
    events.map(({ id }) => id),
  );
  return [...fields.values()].some((each) =>
    each.some(({ name, value }) => name === 'purpose' && value === purpose),
  );
}

/** Names a code on the record without telling it. */
function correlationOf(code: string): string {
  const hex = hash('sha256', `rostrum/terminal-code ${code}`);
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
