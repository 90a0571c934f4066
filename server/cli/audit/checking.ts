import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Run } from '#server/cli/run.ts';
import { type ExportOptions, exportEvents } from './export.ts';
import { type MonitorOptions, monitor } from './monitor.ts';
import { pin } from './pin.ts';
import { type PolicyOptions, takePolicy } from './policy-options.ts';
import { check, type ProveOptions, prove } from './prove.ts';
import { type SourceOptions, verify } from './verify.ts';
import { type RunWitnessOptions, witness } from './witness.ts';

/** Commands that check the log. Their exit codes: 0 sound, 1 tampered, 2 incomplete, 3 unreadable. */
export function checkingCommands(audit: Command, run: Run): void {
  const command = (name: string, about: string) =>
    audit
      .command(name)
      .description(about)
      // Commander's own exit code for a wrong option is 1, which here means tampered.
      .exitOverride(({ exitCode, code, message }) => {
        throw new CommanderError(exitCode === 0 ? 0 : 3, code, message);
      });
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
    .action((options: SourceOptions & { json?: boolean }) => verify(run, options));

  command('prove', 'write a .tlog-proof of one event, to be checked without the log')
    .argument('<event>', 'its id')
    .option('--fields <names...>', 'disclose these fields in it')
    .option('--out <file>', 'else EVENT.tlog-proof')
    .option('--database <url>', 'else the configured one')
    .action((event: string, options: ProveOptions) => prove(run, event, options));

  takePolicy(command('check', 'check .tlog-proof files without the log'))
    .argument('<files...>')
    .action((files: string[], options: PolicyOptions) => check(run, files, options));

  command('export', 'write events to a file, on the record')
    .addOption(
      new Option('--format <format>', 'a bundle with proofs, a table, or the published files')
        .choices(['ndjson', 'csv', 'site'])
        .default('ndjson'),
    )
    .requiredOption('--out <file>', 'where to; a folder for site')
    .option('--action <action>', 'a whole name, or an object such as participant')
    .option('--actor <actor>', 'a reference, or part of a name')
    .option('--subject <subject>', 'a reference, or part of a name')
    .option('--room <room>', 'id of a room')
    .option('--case <case>', 'reference of a case')
    .addOption(new Option('--outcome <outcome>').choices(['accepted', 'refused']))
    .option('--from <time>', 'recorded then or later, ISO 8601', readTime)
    .option('--to <time>', 'recorded before, ISO 8601', readTime)
    .option('--words <words>', 'in the reason')
    .option('--why <text>', 'kept on the record')
    .option('--database <url>', 'else the configured one')
    .action((options: ExportOptions) => exportEvents(run, options));

  takePolicy(command('monitor', 'follow published files; end with 1 when the log forks or shrinks'))
    .requiredOption('--site <place>', 'an address, or a folder')
    .requiredOption('--state <file>', 'where the last checkpoint is kept')
    .option('--interval <seconds>', 'between two looks', '60')
    .option('--once', 'look once')
    .action((options: MonitorOptions) => monitor(run, options));

  source(command('pin', 'check the log, and write down its size and root for later checks'))
    .option('--bundle <file>', 'an export bundle')
    .requiredOption('--out <file>', 'where to; a line is added')
    .action((options: SourceOptions & { out: string }) => pin(run, options));

  command('witness', 'cosign checkpoints of logs that only grow (c2sp.org/tlog-witness)')
    .requiredOption('--name <name>', 'of the witness, such as witness.example')
    .requiredOption('--log <vkey...>', 'public keys of the logs to follow')
    .requiredOption('--key <file>', "the witness's private key; made when it isn't there")
    .requiredOption('--state <file>', 'what it cosigned last')
    .option('--listen <address>', 'host:port', '127.0.0.1:8080')
    .action((options: RunWitnessOptions) => witness(run, options));
}

function readTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Give a time such as 2026-01-31T12:00:00Z.');
  return new Date(time).toISOString();
}
