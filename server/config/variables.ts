import { z } from 'zod';

const whole = (low: number, high: number, preset: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must be ${low}–${high}`)
    .default(preset);

const databaseUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL like postgres://user:password@host:5432/database',
  })
  .refine((text) => {
    const { username, pathname, hostname } = new URL(text);
    return username !== '' && pathname.length > 1 && hostname !== '';
  }, 'must name a user, a host and a database');

const absolutePath = z.string().startsWith('/', 'must be an absolute path');

/** Every variable Rostrum reads. Each may also be given as `NAME_FILE`, the path of a file. */
export const variables = z.strictObject({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  PORT: whole(0, 65_535, 4600),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://rostrum.example' })
    .refine((text) => /^https?:\/\/[^/?#@]+\/?$/.test(text), 'must be an origin, without a path')
    .optional(),
  /** Proxies in front that may be believed about scheme, host and address. */
  TRUST_PROXY: whole(0, 5, 0),
  ROLE: z.enum(['all', 'web', 'worker']).default('all'),
  DATABASE_URL: databaseUrl.optional(),
  /** For the command line only; the server refuses to hold it. */
  DATABASE_OWNER_URL: databaseUrl.optional(),
  /** As `audit_sequencer`; without it, and with a given database, this process signs no log. */
  SEQUENCER_DATABASE_URL: databaseUrl.optional(),
  /** As `audit_eraser`, for `rostrum erase` and `migrate` only; the server refuses to hold it. */
  ERASER_DATABASE_URL: databaseUrl.optional(),
  DATABASE_POOL: whole(2, 200, 20),
  ROSTRUM_EMBEDDED: z.enum(['0', '1']).optional(),
  ROSTRUM_DATA_DIR: absolutePath.optional(),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a URL like redis://host:6379' })
    .optional(),
  PLATFORM_KEYS: z.string().default(''),
  JOIN_TOKEN_KEYS: z.string().default(''),
  /** `iss` of the host links that the platform signs; without it there are none. */
  HOST_LINK_ISSUER: z.string().min(1).max(200).optional(),
  HOST_LINK_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://app.example/jwks.json' })
    .optional(),
  /** A public JWK or JWK set, in place of the URL. */
  HOST_LINK_KEYS: z.string().optional(),
  METRICS_TOKEN: z.string().min(16, 'must be 16 characters or more').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SESSION_IDLE_MINUTES: whole(1, 1_440, 480),
  SESSION_MAX_HOURS: whole(1, 168, 24),
  HOST_SESSION_HOURS: whole(1, 168, 12),
  /** Seals the secrets of one-time codes; the same for every process, and never to be changed. */
  ACCOUNT_KEY: z.string().min(32, 'must be 32 characters or more').optional(),
  /** Whether leads and admins need one. Default in production: yes. */
  REQUIRE_SECOND_FACTOR: z.enum(['0', '1']).optional(),
  INVITATION_HOURS: whole(1, 168, 48),
  /** The organisation's own sign-in (OpenID Connect); see docs/operations.md. */
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://id.example' })
    .optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_NAME: z.string().min(1).max(60).optional(),
  OIDC_ROLE_CLAIM: z.string().min(1).default('roles'),
  OIDC_ROLE_MAP: z.string().default(''),
  SIGN_IN_LINK_MINUTES: whole(1, 1_440, 15),
  HOST_LINK_MINUTES: whole(1, 1_440, 10),
  JOIN_TOKEN_SECONDS: whole(5, 600, 60),
  DESTRUCTIVE_PER_MINUTE: whole(1, 10_000, 60),
  API_CALLS_PER_MINUTE: whole(1, 1_000_000, 6_000),
  PAGES_PER_MINUTE: whole(1, 1_000_000, 1_200),
  ACTOR_PAGES_PER_MINUTE: whole(1, 1_000_000, 600),
  SIGN_INS_PER_MINUTE: whole(1, 100_000, 20),
  LOG_READS_PER_MINUTE: whole(1, 1_000_000, 6_000),
  /** Names the log in its checkpoints and keys; never to be changed. */
  LOG_ORIGIN: z
    .string()
    .regex(/^[!-*,-~]{1,100}$/, 'must be 1–100 printable characters without spaces or +')
    .default('rostrum.local/log'),
  LOG_KEY_FILE: absolutePath.optional(),
  /** Sizes and roots that someone else saw; see docs/operations.md. */
  LOG_PINS_FILE: absolutePath.optional(),
  LOG_PUBLISH_DIR: absolutePath.optional(),
  /** Whom to ask for cosignatures: `vkey url`, comma-separated; see docs/operations.md. */
  LOG_WITNESSES: z.string().default(''),
  LOG_WITNESS_QUORUM: z.coerce.number().int().min(1).max(100).optional(),
});

export type Variables = z.output<typeof variables>;
