import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#server/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'rostrum-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = 's3cret-'.repeat(6);
const sound = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://rostrum_app:pw-of-db@db.example:5432/rostrum',
  SEQUENCER_DATABASE_URL: 'postgres://audit_sequencer:pw-of-log@db.example:5432/rostrum',
  LOG_KEY_FILE: '/run/secrets/log-key',
  PUBLIC_URL: 'https://rostrum.example',
  PLATFORM_KEYS: `main:${secret}:events+admissions`,
  JOIN_TOKEN_KEYS: `one:${secret}`,
  METRICS_TOKEN: secret,
  ACCOUNT_KEY: secret,
};
type Changes = Record<string, string | undefined>;

function problemsOf(changes: Changes): readonly string[] {
  try {
    readConfig({ ...sound, ...changes });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('configuration', () => {
  it('is taken when it is sound', () => {
    const config = readConfig(sound);
    expect(config).toMatchObject({ production: true, role: 'all', http: { port: 4600 } });
    expect(config.platformKeys[0]?.scopes).toEqual(new Set(['events', 'admissions']));
  });

  it('is production unless it says otherwise, and then says everything that is missing at once', () => {
    expect(() => readConfig({})).toThrow(ConfigError);
    expect(
      problemsOf({ ...Object.fromEntries(Object.keys(sound).map((name) => [name, undefined])) }),
    ).toMatchInlineSnapshot(`
      [
        "DATABASE_URL is missing (or say ROSTRUM_EMBEDDED=1 for the embedded database)",
        "PUBLIC_URL is missing",
        "JOIN_TOKEN_KEYS is missing",
      ]
    `);
  });

  it('takes whose host links to believe, for its own origin', () => {
    const url = 'https://app.example/jwks.json';
    const said = { HOST_LINK_ISSUER: 'https://app.example', HOST_LINK_JWKS_URL: url };
    expect(readConfig({ ...sound, ...said }).hostLinks).toEqual({
      issuer: 'https://app.example',
      audience: 'https://rostrum.example',
      keys: new URL(url),
    });
    expect(readConfig(sound).hostLinks).toBeUndefined();
  });

  it('needs nothing while developing, and then has no platform key', () => {
    expect(readConfig({ NODE_ENV: 'development' })).toMatchObject({
      production: false,
      database: undefined,
      platformKeys: [],
    });
  });

  it.each<[string, Changes, RegExp]>([
    ['http from afar', { PUBLIC_URL: 'http://rostrum.example' }, /^PUBLIC_URL must be https/],
    ['a path', { PUBLIC_URL: 'https://rostrum.example/console' }, /^PUBLIC_URL must be an origin/],
    ['no URL', { PUBLIC_URL: 'rostrum' }, /^PUBLIC_URL must be a URL/],
    ['metrics open to everyone', { METRICS_TOKEN: undefined }, /^METRICS_TOKEN is missing/],
    ['no port', { PORT: 'eighty' }, /^PORT must be a whole number/],
    ['a port too high', { PORT: '70000' }, /^PORT must be 0–65535/],
    ['a role that is none', { ROLE: 'boss' }, /^ROLE /],
    ['a worker without Redis', { ROLE: 'worker' }, /REDIS_URL/],
    ['a database without a host', { DATABASE_URL: 'postgres:///x' }, /^DATABASE_URL /],
    ['a database without a user', { DATABASE_URL: 'postgres://h/x' }, /^DATABASE_URL must name/],
    ['another database', { DATABASE_URL: 'mysql://u:p@h/x' }, /^DATABASE_URL must be a URL/],
    ['two databases', { ROSTRUM_EMBEDDED: '1' }, /exclude each other/],
    ["the owner's URL", { DATABASE_OWNER_URL: sound.DATABASE_URL }, /must not hold it/],
    ["the eraser's URL", { ERASER_DATABASE_URL: sound.DATABASE_URL }, /must not hold it/],
    ['no hand to sign the log', { SEQUENCER_DATABASE_URL: undefined }, /log could not be signed/],
    ['no key for accounts', { ACCOUNT_KEY: undefined }, /^ACCOUNT_KEY is missing/],
    ['a short key for accounts', { ACCOUNT_KEY: 'short' }, /^ACCOUNT_KEY must be 32/],
    ['leads without a second factor', { REQUIRE_SECOND_FACTOR: '0' }, /on this machine only/],
    ['half a provider', { OIDC_ISSUER: 'https://id.example' }, /go together/],
    ['no key of the log', { LOG_KEY_FILE: undefined }, /^LOG_KEY_FILE is missing/],
    ['a log with a space', { LOG_ORIGIN: 'our log' }, /^LOG_ORIGIN must be 1–100/],
    ['a log with a plus', { LOG_ORIGIN: 'a+b' }, /^LOG_ORIGIN must be 1–100/],
    ['a relative folder', { ROSTRUM_DATA_DIR: 'data' }, /^ROSTRUM_DATA_DIR must be an absolute/],
    [
      'a short platform secret',
      { PLATFORM_KEYS: 'a:short:events' },
      /key "a" has a secret of less/,
    ],
    ['a scope that is none', { PLATFORM_KEYS: `a:${secret}:all` }, /key "a" needs scopes of/],
    ['no scope', { PLATFORM_KEYS: `a:${secret}` }, /key "a" needs scopes of/],
    ['a key twice', { PLATFORM_KEYS: `a:${secret}:events a:${secret}:rooms` }, /is there twice/],
    ['a short join secret', { JOIN_TOKEN_KEYS: 'j:short' }, /key "j" has a secret of less/],
    ['a join key without an id', { JOIN_TOKEN_KEYS: secret }, /key 1 must be id:secret|key "/],
    [
      'host links of nobody',
      { HOST_LINK_JWKS_URL: 'https://app.example/jwks' },
      /^HOST_LINK_ISSUER is missing/,
    ],
    [
      'host links without keys',
      { HOST_LINK_ISSUER: 'app' },
      /either HOST_LINK_JWKS_URL or HOST_LINK_KEYS/,
    ],
    [
      'host links by keys that anybody on the way could change',
      { HOST_LINK_ISSUER: 'app', HOST_LINK_JWKS_URL: 'http://app.example/jwks' },
      /^HOST_LINK_JWKS_URL must be https/,
    ],
    [
      'a shared secret for host links',
      { HOST_LINK_ISSUER: 'app', HOST_LINK_KEYS: '{"kty":"oct","k":"s3cret"}' },
      /^HOST_LINK_KEYS must hold Ed25519 or P-256 public keys$/,
    ],
    [
      'a variable misspelt',
      { DATABSE_URL: 'x' },
      /DATABSE_URL is unknown; did you mean DATABASE_URL/,
    ],
    ['letters swapped', { PLATFROM_KEYS: 'x' }, /did you mean PLATFORM_KEYS/],
    ['an unknown one of ours', { ROSTRUM_COLOUR: 'red' }, /ROSTRUM_COLOUR is unknown/],
    ['a file that is not there', { LOG_LEVEL_FILE: '/nowhere' }, /LOG_LEVEL_FILE can't be read/],
    [
      'both',
      { LOG_LEVEL: 'info', LOG_LEVEL_FILE: '/nowhere' },
      /LOG_LEVEL and LOG_LEVEL_FILE are both/,
    ],
  ])('is refused with %s', (_, changes, problem) => {
    expect(problemsOf(changes)).toEqual([expect.stringMatching(problem)]);
  });

  it('never repeats a value', () => {
    const told = problemsOf({
      DATABASE_URL: 'mysql://root:hunter2@h/x',
      JOIN_TOKEN_KEYS: 'j:hunter2',
      PLATFORM_KEYS: 'hunter2-and-more',
      PORT: 'hunter2',
    }).join();
    expect(told).not.toContain('hunter2,');
    expect(told).not.toMatch(/mysql|:hunter2|root/);
  });

  it('allows http on this machine, and variables of other programs', () => {
    const here = { PUBLIC_URL: 'http://localhost:4600', METRICS_TOKEN: undefined };
    expect(problemsOf(here)).toEqual([]);
    expect(problemsOf({ HOSTNAME: 'x', PATH: '/bin', POSTGRES_PASSWORD: 'x' })).toEqual([]);
  });

  it('reads any of it from a file', () => {
    const file = join(folder, 'keys');
    writeFileSync(file, `filed:${secret}\n`);
    const { JOIN_TOKEN_KEYS: _, ...rest } = sound;
    const config = readConfig({ ...rest, JOIN_TOKEN_KEYS_FILE: file });
    expect(config.joinTokenKeys.map(({ id }) => id)).toEqual(['filed']);
  });
});
