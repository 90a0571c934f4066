import type { Command } from 'commander';
import { checkingCommands } from './audit/checking.ts';
import { rotateKey } from './audit/rotate-key.ts';
import { sequence } from './audit/sequence.ts';
import type { Run } from './run.ts';

/** `rostrum audit …`: the log's tree, its key, and checking it. */
export function auditCommands(program: Command, run: Run): void {
  const audit = program.command('audit').description('the audit log');
  audit
    .command('sequence')
    .description('take waiting events into the tree once, as a server does all the time')
    .action(() => sequence(run));
  audit
    .command('rotate-key')
    .description("add a key to the log's; the older ones go on signing until they are retired")
    .option('--retire', 'drop the older keys, when the newest one has signed')
    .action((options: { retire?: boolean }) => rotateKey(run, options));
  checkingCommands(audit, run);
}
