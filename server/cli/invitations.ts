import type { Command } from 'commander';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import { inviteByCommand } from '#server/auth/invite.ts';
import { resetAccount } from '#server/auth/reset-account.ts';
import type { Run } from './run.ts';
import { CLI_ACTOR, CommandError, withDatabase } from './session.ts';

type ReadRole = (text: string, before: OperatorRole[] | undefined) => OperatorRole[];

/** `rostrum operator invite` and `reset`: links by which someone chooses a password or passkey. */
export function invitationCommands(operator: Command, run: Run, readRole: ReadRole): void {
  operator
    .command('invite')
    .description('add an operator and print the link by which they choose how to sign in')
    .argument('<name>', 'as others see it')
    .requiredOption('--role <role...>', OPERATOR_ROLES.join(', '), readRole)
    .action((name: string, { role }: { role: OperatorRole[] }) =>
      withDatabase(run, async ({ db, config, consoleUrl }) => {
        const minutes = config.session.invitationMinutes;
        const roles = OPERATOR_ROLES.filter((each) => role.includes(each));
        const invited = await inviteByCommand(db, CLI_ACTOR, { name, roles, minutes });
        if (!invited.ok) {
          throw new CommandError(
            invited.reason === 'name_taken'
              ? 'An operator of this name is there already.'
              : 'A name has 1–128 printable characters.',
          );
        }
        printInvitation(run, consoleUrl, invited.token, minutes);
      }),
    );
  operator
    .command('reset')
    .description('take password, passkeys and codes back, and print a link to choose anew')
    .argument('<name>')
    .action((name: string) =>
      withDatabase(run, async ({ db, config, consoleUrl }) => {
        const minutes = config.session.invitationMinutes;
        const token = await resetAccount(db, CLI_ACTOR, { name, minutes });
        if (token === null) throw new CommandError('There is no operator of this name.');
        printInvitation(run, consoleUrl, token, minutes);
      }),
    );
}

function printInvitation(run: Run, consoleUrl: string, token: string, minutes: number): void {
  run.print(`${consoleUrl}/invitation?token=${token}`);
  run.remark(`Works once, within ${minutes / 60} hours.`);
}
