#!/usr/bin/env node
import { Command } from 'commander';
import { openApiDocument } from '#server/api/openapi.ts';
import { eraseCommand } from './audit/erase.ts';
import { auditCommands } from './audit.ts';
import { keyCommands } from './keys.ts';
import { memberCommands } from './members.ts';
import { runMigrate } from './migrate.ts';
import { operatorCommands } from './operators.ts';
import { fail } from './session.ts';
import { setUpCommands } from './set-up.ts';

const program = new Command('rostrum')
  .description('Moderation console for live audio rooms: operators, links, keys, migrations')
  .showHelpAfterError();

program
  .command('migrate')
  .description('bring the database up to date')
  .action(() => runMigrate().catch(fail));
setUpCommands(program);
operatorCommands(program);
memberCommands(program);
keyCommands(program);
eraseCommand(program);
auditCommands(program);
program
  .command('openapi')
  .description("print the platform API's OpenAPI document")
  .action(() => {
    process.stdout.write(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
  });

await program.parseAsync();
