import { Command, CommanderError } from 'commander';
import { openApiDocument } from '#server/api/openapi.ts';
import { eraseCommand } from './audit/erase.ts';
import { auditCommands } from './audit.ts';
import { keyCommands } from './keys.ts';
import { memberCommands } from './members.ts';
import { runMigrate } from './migrate.ts';
import { operatorCommands } from './operators.ts';
import { policyCommands } from './policies.ts';
import { startRun, type Terminal } from './run.ts';
import { fail } from './session.ts';
import { setUpCommands } from './set-up.ts';

/**
 * Runs `rostrum` with what was written after its name.
 * @returns the exit code: 0; 1 refused or wrongly called, 2 wrong configuration, 3 unexpected; of
 * the commands that check the log those of `checkingCommands`
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const run = startRun(terminal);
  const program = new Command('rostrum')
    .description('Moderation console for live audio rooms: operators, links, keys, migrations')
    .showHelpAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    })
    .exitOverride();
  program
    .command('migrate')
    .description('bring the database up to date')
    .action(() => runMigrate(run).catch((error) => fail(run, error)));
  setUpCommands(program, run);
  operatorCommands(program, run);
  memberCommands(program, run);
  keyCommands(program, run);
  policyCommands(program, run);
  eraseCommand(program, run);
  auditCommands(program, run);
  program
    .command('openapi')
    .description("print the platform API's OpenAPI document")
    .action(() => run.print(JSON.stringify(openApiDocument(), null, 2)));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return run.exitCode;
}
