import type { Command } from 'commander';
import { checkingCommands } from './audit/checking.ts';
import { rotateKey } from './audit/rotate-key.ts';
import { sequence } from './audit/sequence.ts';

/** `rostrum audit …`: the log's tree, its key, and checking it. */
export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the audit log');
  audit
    .command('sequence')
    .description('take waiting events into the tree once, as a server does all the time')
    .action(() => sequence());
  audit
    .command('rotate-key')
    .description("add a key to the log's; the older ones go on signing until they are retired")
    .option('--retire', 'drop the older keys, when the newest one has signed')
    .action(rotateKey);
  checkingCommands(audit);
}
