import type { Command } from 'commander';
import { takePolicy } from './policy-options.ts';
import { verify } from './verify.ts';

/** Commands that check the log. Their exit codes: 0 sound, 1 tampered, 2 incomplete, 3 unreadable. */
export function checkingCommands(audit: Command): void {
  const command = (name: string, about: string) =>
    audit
      .command(name)
      .description(about)
      // Commander's own exit code for a wrong option is 1, which here means tampered.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 3));
  const source = (each: Command) =>
    takePolicy(each)
      .option(
        '--database <url>',
        'an owner, or a role with pg_read_all_data; else the configured one',
      )
      .option('--site <place>', 'published files: an address, or a folder');

  source(
    command('verify', 'check the log: signatures, every leaf, every event, and the state of today'),
  )
    .option('--bundle <file>', 'an export bundle')
    .option('--json', 'print the report as JSON')
    .action(verify);
}
