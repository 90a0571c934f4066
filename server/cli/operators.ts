import { Argument, type Command, InvalidArgumentError } from 'commander';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorRefusal } from '#app/domain/access/operators.ts';
import { addOperator, changeByName, linkOperator, listOperators } from '#server/auth/operators.ts';
import { invitationCommands } from './invitations.ts';
import type { Run } from './run.ts';
import { CLI_ACTOR, CommandError, withDatabase } from './session.ts';

const WORDS: Record<OperatorRefusal, string> = {
  name_taken: 'An operator of this name is there already.',
  not_found: 'There is no operator of this name.',
  already_disabled: 'This operator is disabled.',
  not_disabled: 'This operator is not disabled.',
  last_admin: 'This is the last admin: add another one first.',
  role_held: 'This operator has the role already.',
  role_not_held: 'This operator does not have the role.',
  invalid: 'A reason has 1–500 printable characters.',
  forbidden: 'This is not allowed.',
  reauthenticate: 'This is not allowed.',
  yourself: 'This is not allowed.',
};

/** `rostrum operator …`: the accounts of the platform's staff. */
export function operatorCommands(program: Command, run: Run): void {
  const operator = program.command('operator').description('accounts of the staff');
  operator
    .command('add')
    .description('add an operator and print their one-time sign-in link')
    .argument('<name>', 'as others see it', readName)
    .requiredOption('--role <role...>', OPERATOR_ROLES.join(', '), readRole)
    .action((name: string, { role }: { role: OperatorRole[] }) =>
      withDatabase(run, async ({ db, config, consoleUrl }) => {
        const minutes = config.session.linkMinutes;
        const roles = OPERATOR_ROLES.filter((each) => role.includes(each));
        const added = await addOperator(db, CLI_ACTOR, { name, roles, minutes });
        if (!added.ok) throw new CommandError(WORDS[added.why]);
        printLink(run, consoleUrl, added.token, minutes);
      }),
    );
  invitationCommands(operator, run, readRole);
  operator
    .command('link')
    .description('print a new one-time sign-in link')
    .argument('<name>')
    .action((name: string) =>
      withDatabase(run, async ({ db, config, consoleUrl }) => {
        const minutes = config.session.linkMinutes;
        const linked = await linkOperator(db, CLI_ACTOR, { name, minutes });
        if (!linked.ok) throw new CommandError(WORDS[linked.why]);
        printLink(run, consoleUrl, linked.token, minutes);
      }),
    );
  operator
    .command('list')
    .description('list operators with their roles')
    .action(() =>
      withDatabase(run, async ({ db }) => {
        for (const { name, roles, disabledAt } of await listOperators(db)) {
          const since = disabledAt ? `\tdisabled ${disabledAt.toISOString()}` : '';
          run.print(`${name}\t${roles.join(',')}${since}`);
        }
      }),
    );
  const roleArgument = new Argument('<role>').choices(OPERATOR_ROLES);
  for (const [change, says] of [
    ['grant', 'give an operator a role'],
    ['revoke', 'take a role from an operator'],
  ] as const) {
    operator
      .command(change)
      .description(says)
      .argument('<name>')
      .addArgument(roleArgument)
      .option('--reason <words>', 'why; goes on the record')
      .action((name: string, role: OperatorRole, reason: Reason) =>
        withDatabase(run, async ({ db }) => {
          const done = await changeByName(db, name, { change, role, ...reason });
          if (!done.ok) throw new CommandError(WORDS[done.why]);
          run.print(change === 'grant' ? `Given: ${role}.` : `Taken: ${role}.`);
        }),
      );
  }
  for (const [change, says] of [
    ['disable', 'disable an operator and end their sessions'],
    ['enable', 'let a disabled operator come in again'],
  ] as const) {
    operator
      .command(change)
      .description(says)
      .argument('<name>')
      .option('--reason <words>', 'why; goes on the record')
      .action((name: string, reason: Reason) =>
        withDatabase(run, async ({ db }) => {
          const done = await changeByName(db, name, { change, ...reason });
          if (!done.ok) throw new CommandError(WORDS[done.why]);
          const ended = `Disabled; ${done.sessions} session(s) ended.`;
          run.print(change === 'disable' ? ended : 'Enabled.');
        }),
      );
  }
}

interface Reason {
  reason?: string;
}

/** Prints where a one-time link leads, alone on standard output. */
export function printLink(run: Run, consoleUrl: string, token: string, minutes: number): void {
  run.print(`${consoleUrl}/sign-in?token=${token}`);
  run.remark(`Works once, within ${minutes} minutes.`);
}

function readName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 128 || /\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw new InvalidArgumentError('A name has 1–128 printable characters.');
  }
  return name;
}

function readRole(text: string, before: OperatorRole[] | undefined): OperatorRole[] {
  if (!OPERATOR_ROLES.includes(text as OperatorRole)) {
    throw new InvalidArgumentError(`Roles are ${OPERATOR_ROLES.join(', ')}.`);
  }
  return [...(before ?? []), text as OperatorRole];
}
