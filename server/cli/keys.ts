import { createHash } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { appendAudit } from '#server/audit/entry.ts';
import { makeToken } from '#server/auth/token.ts';
import { SCOPES, type Scope } from '#server/config/keys.ts';
import { CLI_ACTOR, withDatabase } from './session.ts';

/** `rostrum key …`: secrets for the configuration. */
export function keyCommands(program: Command): void {
  const key = program.command('key').description("secrets for the server's configuration");
  key
    .command('platform')
    .description("make a key for the platform's back end")
    .argument('<name>', 'names the key in the log', readKeyName)
    .requiredOption('--scope <scope...>', SCOPES.join(', '), readScope)
    .action((name: string, { scope }: { scope: Scope[] }) =>
      withDatabase(async ({ db }) => {
        const secret = makeToken();
        const hash = createHash('sha256').update(secret).digest('hex');
        const scopes = SCOPES.filter((each) => scope.includes(each));
        await db.begin((tx) =>
          appendAudit(tx, [
            {
              action: 'platform_key.made',
              outcome: 'accepted',
              occurred_at: Date.now(),
              actor: CLI_ACTOR,
              target_type: 'platform_key',
              target: `platform:${name}`,
              fields: [{ name: 'after', value: { scopes } }],
            },
          ]),
        );
        console.log(`For the platform, as a bearer token:  ${secret}`);
        console.log(
          `For the server, in PLATFORM_KEYS:     ${name}:sha256-${hash}:${scopes.join('+')}`,
        );
      }),
    );
  key
    .command('join-token')
    .description('make a key that signs join tokens')
    .argument('<name>', 'names the key', readKeyName)
    .action((name: string) => {
      console.log(`Put it first in JOIN_TOKEN_KEYS:  ${name}:${makeToken()}`);
    });
}

function readKeyName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(text)) {
    throw new InvalidArgumentError('A key is named with 1–32 of A–Z a–z 0–9 _ -.');
  }
  return text;
}

function readScope(text: string, before: Scope[] | undefined): Scope[] {
  if (!SCOPES.includes(text as Scope)) {
    throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}.`);
  }
  return [...(before ?? []), text as Scope];
}
