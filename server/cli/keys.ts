import { createHash, randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type Answered,
  LONGEST_LIFE,
  LONGEST_OVERLAP,
  type PlatformRefusal,
  SCOPES,
  type Scope,
} from '#app/domain/platform/view.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { makeToken } from '#server/auth/token.ts';
import { makeKey, revokeKey, rotateKey } from '#server/platform/keys.ts';
import { readKeys } from '#server/platform/read-keys.ts';
import type { Run } from './run.ts';
import { CLI_ACTOR, CommandError, withDatabase } from './session.ts';

/** Whoever has the command line: the machine's owner. */
const OWNER = { kind: 'system' } as const;

const WORDS: Record<PlatformRefusal, string> = {
  forbidden: 'This is not for you to change.',
  reauthenticate: 'This is not for you to change.',
  invalid: 'This can not be:',
  not_found: 'There is no such key.',
  ended: 'This key has ended, or another has taken over already.',
  limit_reached: 'There are too many keys: revoke one first.',
};

/** `rostrum key …`: the platform's keys, and secrets for the configuration. */
export function keyCommands(program: Command, run: Run): void {
  const key = program.command('key').description("the platform's keys, and the server's own");
  key
    .command('make')
    .description("make a key of the platform's back end; its secret is shown once")
    .argument('<name>', 'as admins see it')
    .requiredOption('--scope <scope...>', SCOPES.join(', '), readScope)
    .option(
      '--days <number>',
      `it lasts, 1–${LONGEST_LIFE}; default: no end`,
      wholeTo(LONGEST_LIFE),
    )
    .option('--calls <number>', 'a minute; default: what is configured', wholeTo(1_000_000))
    .action((name: string, given: { scope: Scope[]; days?: number; calls?: number }) =>
      withDatabase(run, async ({ db }) => {
        const { scope, days = null, calls = null } = given;
        const scopes = [...new Set(scope)];
        printSecret(run, await makeKey(db, OWNER, { name, scopes, days, callsPerMinute: calls }));
      }),
    );
  key
    .command('list')
    .description('list keys: id, name, scopes, state, last use')
    .action(() =>
      withDatabase(run, async ({ db }) => {
        for (const row of (await readKeys(db, OWNER)) ?? []) {
          const end = row.revokedAt
            ? `revoked ${row.revokedAt}`
            : row.expiresAt
              ? `until ${row.expiresAt}`
              : 'no end';
          const used = row.lastUsedAt ? `used ${row.lastUsedAt}` : 'never used';
          run.print([row.id, row.name, row.scopes.join(','), end, used].join('\t'));
        }
      }),
    );
  key
    .command('rotate')
    .description('make the successor of a key, which goes on for a while')
    .argument('<id>')
    .option('--overlap <hours>', 'the old one goes on', wholeTo(LONGEST_OVERLAP, 0), 24)
    .action((id: string, { overlap }: { overlap: number }) =>
      withDatabase(run, async ({ db }) => {
        printSecret(run, await rotateKey(db, OWNER, { key: id, overlapHours: overlap }));
      }),
    );
  key
    .command('revoke')
    .description('end a key now and for good')
    .argument('<id>')
    .action((id: string) =>
      withDatabase(run, async ({ db }) => {
        accepted(await revokeKey(db, OWNER, { key: id }));
        run.print('Revoked; running servers notice within two seconds.');
      }),
    );
  configurationCommands(key, run);
}

/** Secrets that go into the environment: for the first start, and for join tokens. */
function configurationCommands(key: Command, run: Run): void {
  key
    .command('platform')
    .description('make a key for PLATFORM_KEYS, where no database is to be asked')
    .argument('<name>', 'names the key in the log', readKeyName)
    .requiredOption('--scope <scope...>', SCOPES.join(', '), readScope)
    .action((name: string, { scope }: { scope: Scope[] }) =>
      withDatabase(run, async ({ db }) => {
        const secret = randomBytes(32).toString('base64url');
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
        run.print(`For the platform, as a bearer token:  ${secret}`);
        run.print(
          `For the server, in PLATFORM_KEYS:     ${name}:sha256-${hash}:${scopes.join('+')}`,
        );
      }),
    );
  key
    .command('join-token')
    .description('make a key that signs join tokens')
    .argument('<name>', 'names the key', readKeyName)
    .action((name: string) => {
      run.print(`Put it first in JOIN_TOKEN_KEYS:  ${name}:${makeToken()}`);
    });
}

function printSecret(run: Run, answer: Answered<{ id: string; secret: string }>): void {
  const { id, secret } = accepted(answer);
  run.print(secret);
  run.remark(`Key ${id}. Keep the secret now: it is shown once and kept nowhere.`);
}

function accepted<More>(answer: Answered<More>): { ok: true } & More {
  if (answer.ok) return answer;
  const field = answer.field ? ` ${answer.field}` : '';
  throw new CommandError(`${WORDS[answer.reason]}${field}`);
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

function wholeTo(most: number, least = 1) {
  return (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value < least || value > most)
      throw new InvalidArgumentError(`A whole number, ${least}–${most}.`);
    return value;
  };
}
