import { type Command, InvalidArgumentError } from 'commander';
import { isUuid } from '#app/domain/uuid.ts';
import { openDb, type Sql } from '#db/client.ts';
import {
  approveErasure,
  type ErasureRefusal,
  listErasures,
  requestErasure,
} from '#server/audit/erase.ts';
import { IN_CONSOLE, proveWho } from '#server/cli/prove-who.ts';
import type { Run } from '#server/cli/run.ts';
import { CommandError, withDatabase } from '#server/cli/session.ts';
import { eraserLogin } from './eraser-login.ts';

const WORDS: Record<ErasureRefusal, string> = {
  forbidden: 'Only an enabled operator who is lead or admin asks for an erasure or approves one.',
  invalid: 'A basis has 1–500 characters.',
  member_not_found: 'There is no such member.',
  not_found: 'There is no such request, or the member has been erased since.',
  same_person: 'Somebody else than who asked has to approve; the attempt is on the record.',
  held: 'An open report is about this member or by them: it has to be closed first.',
  in_live_room: 'This member has been in a room that is still live: it has to end first.',
};
interface Options {
  basis?: string;
  by?: string;
  approve?: string;
  list?: true;
  inConsole?: true;
}

/** `rostrum erase`: one person asks, another approves, and then a member's data is gone. */
export function eraseCommand(program: Command, run: Run): void {
  program
    .command('erase')
    .description("erase a member from the audit log and Rostrum's tables; takes two people")
    .argument('[member]', 'member id: asks for the erasure')
    .option('--basis <text>', 'why the law asks for it')
    .option(
      '--by <operator>',
      'who asks or approves, a lead or admin; proves it by password and code',
    )
    .option('--approve <request>', 'approve what somebody else asked for', readId)
    .option('--in-console', IN_CONSOLE)
    .option('--list', 'list the requests')
    .action((member: string | undefined, options: Options) =>
      withDatabase(run, async (session) => {
        checkUse(member, options);
        const eraser = openDb({ url: await eraserLogin(session.config), max: 1 });
        try {
          if (options.list) return await list(run, eraser.sql);
          const claim = { named: options.by ?? '', inConsole: options.inConsole };
          const by = await proveWho(run, session, { ...claim, purpose: 'erasure' });
          if (options.approve) return await approve(run, eraser.sql, options.approve, by);
          await ask(run, eraser.sql, member ?? '', options.basis ?? '', by);
        } finally {
          await eraser.close();
        }
      }),
    );
}

function checkUse(member: string | undefined, { basis, by, approve, list }: Options): void {
  const isAsking = member !== undefined && basis !== undefined && by !== undefined && !approve;
  const isApproving = approve !== undefined && by !== undefined && member === undefined;
  if (list ? member || approve : !isAsking && !isApproving) {
    throw new CommandError(
      'Say MEMBER --basis TEXT --by OPERATOR, then --approve REQUEST --by SOMEBODY-ELSE; or --list.',
    );
  }
}

async function ask(run: Run, sql: Sql, member: string, basis: string, by: string): Promise<void> {
  const asked = await requestErasure(sql, { member, basis, by });
  if (!asked.ok) throw new CommandError(WORDS[asked.reason]);
  run.print(asked.id);
  run.remark(`Asked for. Somebody else approves: rostrum erase --approve ${asked.id} --by NAME`);
}

async function approve(run: Run, sql: Sql, id: string, by: string): Promise<void> {
  const erased = await approveErasure(sql, { id, by });
  if (!erased.ok) throw new CommandError(WORDS[erased.reason]);
  const when = erased.again ? 'Erased before' : 'Erased';
  run.print(`${when}: ${erased.fields} field(s) of the log, by event ${erased.event}.`);
}

async function list(run: Run, sql: Sql): Promise<void> {
  for (const { id, member, basis, requestedAt, approvedAt, fields } of await listErasures(sql)) {
    const done = approvedAt ? `erased ${approvedAt.toISOString()}, ${fields} field(s)` : 'waits';
    run.print([id, requestedAt.toISOString(), member, done, JSON.stringify(basis)].join('\t'));
  }
}

function readId(text: string): string {
  if (!isUuid(text)) throw new InvalidArgumentError('A request has a UUID: see --list.');
  return text;
}
