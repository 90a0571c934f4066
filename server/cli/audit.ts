import { type Command, InvalidArgumentError } from 'commander';
import { isUuid } from '#app/domain/uuid.ts';
import { checkingCommands } from './audit/checking.ts';
import { type CorrectOptions, correct } from './audit/correct.ts';
import { rotateKey } from './audit/rotate-key.ts';
import { sequence } from './audit/sequence.ts';
import { IN_CONSOLE } from './prove-who.ts';
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
  audit
    .command('correct')
    .description('declare that an event says what never was; each check says so from then on')
    .argument('<event>', 'its id', readId)
    .requiredOption('--by <operator>', 'a lead or admin; proves it by password and code')
    .requiredOption('--reason <text>', 'how this is known; goes on the record')
    .option('--in-console', IN_CONSOLE)
    .action((event: string, options: CorrectOptions) => correct(run, event, options));
  checkingCommands(audit, run);
}

function readId(text: string): string {
  if (!isUuid(text)) {
    throw new InvalidArgumentError('An event has a UUID.');
  }
  return text;
}
