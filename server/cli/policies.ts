import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { LARGEST_POLICY, MOST_CLAUSES, type PolicyRefusal } from '#app/domain/policies/view.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { publishClauses } from '#server/policies/publish.ts';
import { readPolicies } from '#server/policies/read-policies.ts';
import type { Run } from './run.ts';
import { CommandError, withDatabase } from './session.ts';

const WORDS: Record<PolicyRefusal, string> = {
  invalid: 'This is no list of clauses, or no reason of 1–500 printable characters.',
  too_large: `This is more than a version holds: ${MOST_CLAUSES} clauses, ${LARGEST_POLICY} bytes.`,
  unchanged: 'The version in force says just that.',
  empty: 'A policy needs at least one clause.',
  changed: 'Somebody else is changing the policy. Try again.',
  forbidden: 'This is not allowed.',
  reauthenticate: 'This is not allowed.',
};

/** `rostrum policy …`: what decisions can rest on. */
export function policyCommands(program: Command, run: Run): void {
  const policy = program.command('policy').description('what decisions can rest on');
  policy
    .command('show')
    .description('print the clauses in force, as JSON that publish takes')
    .action(() =>
      withDatabase(run, async ({ db }) => {
        const page = await readPolicies(db, { kind: 'operator', roles: [] });
        const [current] = page?.versions ?? [];
        if (!current) throw new CommandError('No policy has been published.');
        run.print(JSON.stringify(current.clauses, null, 2));
        run.remark(`Version ${current.version}, published ${current.publishedAt}.`);
      }),
    );
  policy
    .command('publish')
    .description('publish a list of clauses as the next version')
    .argument('<file>', 'JSON: [{"code": …, "words": {"en": {"title": …, "text": …}, …}}, …]')
    .requiredOption('--reason <words>', 'why; goes on the record')
    .action((file: string, { reason }: { reason: string }) =>
      withDatabase(run, async ({ db }) => {
        const published = await publishClauses(db, COMMAND_LINE, readJson(file), reason);
        if (!published.ok) throw new CommandError(WORDS[published.reason]);
        run.print(`Version ${published.version} is in force.`);
      }),
    );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new CommandError(`${file} can't be read as JSON.`);
  }
}
