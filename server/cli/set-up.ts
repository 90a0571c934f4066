import type { Command } from 'commander';
import { makeSetUpLink } from '#server/auth/set-up.ts';
import { SET_UP_MINUTES } from '#server/set-up-link.ts';
import type { Run } from './run.ts';
import { CommandError, withDatabase } from './session.ts';

/** `rostrum set-up-link`: how the first admin comes in. */
export function setUpCommands(program: Command, run: Run): void {
  program
    .command('set-up-link')
    .description('print the one-time link that makes the first admin')
    .action(() =>
      withDatabase(run, async ({ db, consoleUrl }) => {
        const token = await makeSetUpLink(db, SET_UP_MINUTES);
        if (token === null) throw new CommandError('There is an admin already.');
        run.print(`${consoleUrl}/set-up?token=${token}`);
        run.remark(`Works once, within ${SET_UP_MINUTES} minutes.`);
      }),
    );
}
