import { readFileSync } from 'node:fs';
import type { Witness } from '#server/audit/witness/ask-witness.ts';
import { type AccountConfig, readAccountConfig } from './config/account-config.ts';
import { type PublicKeySet, parseHostLinkKeys } from './config/host-link-keys.ts';
import {
  type JoinTokenKey,
  type PlatformKey,
  parseJoinTokenKeys,
  parsePlatformKeys,
} from './config/keys.ts';
import { findMisspelt } from './config/misspelt.ts';
import { type Variables, variables } from './config/variables.ts';
import { parseWitnesses } from './config/witnesses.ts';

/** What the environment says, checked. */
export interface Config {
  production: boolean;
  role: 'all' | 'web' | 'worker';
  http: {
    host: string;
    /** 0: any free port. */
    port: number;
    /** Origin that people type; undefined outside production: the address it listens on. */
    publicUrl: string | undefined;
    trustProxy: number;
    metricsToken: string | undefined;
  };
  /** Undefined: the embedded database. */
  database:
    | {
        url: string;
        ownerUrl: string | undefined;
        sequencerUrl: string | undefined;
        eraserUrl: string | undefined;
      }
    | undefined;
  databasePool: number;
  dataDir: string | undefined;
  redisUrl: string | undefined;
  platformKeys: PlatformKey[];
  /** Empty outside production: keys of the data directory are used. */
  joinTokenKeys: JoinTokenKey[];
  logLevel: Variables['LOG_LEVEL'];
  session: {
    idleMinutes: number;
    maxHours: number;
    hostHours: number;
    linkMinutes: number;
    hostLinkMinutes: number;
    invitationMinutes: number;
    requireFactor: boolean;
  };
  accounts: AccountConfig;
  joinTokenSeconds: number;
  /** Undefined: the platform signs none. */
  hostLinks: HostLinkConfig | undefined;
  limits: {
    destructivePerMinute: number;
    apiCallsPerMinute: number;
    pagesPerMinute: number;
    actorPagesPerMinute: number;
    signInsPerMinute: number;
    logReadsPerMinute: number;
  };
  auditLog: LogConfig;
}

/** Whose host links are believed, and by which keys. */
export interface HostLinkConfig {
  issuer: string;
  audience: string;
  keys: PublicKeySet | URL;
}

/** Where the audit log's key and pins are, and what it is called. */
export interface LogConfig {
  origin: string;
  /** Undefined: a key is made in the data directory. */
  keyFile: string | undefined;
  pinsFile: string | undefined;
  publishDir: string | undefined;
  witnesses: Witness[];
  witnessQuorum: number | undefined;
}

/** The environment is unsafe or wrong; the message names every variable and never a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is refused:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;
type Name = keyof typeof variables.shape;
const NAMES = Object.keys(variables.shape) as Name[];

/**
 * Reads the configuration once.
 * @param reader a command of the command line needs no keys and opens nothing to the world
 * @throws ConfigError listing everything that is wrong at once
 */
export function readConfig(
  environment: Environment = process.env,
  reader: 'server' | 'command' = 'server',
): Config {
  const problems = findMisspelt(Object.keys(environment), [
    ...NAMES,
    ...NAMES.map((name) => `${name}_FILE`),
  ]);
  const parsed = variables.safeParse(readGiven(environment, problems));
  if (!parsed.success) {
    // The first flaw of a variable says enough.
    const flaws = new Map<string, string>();
    for (const { path, message } of parsed.error.issues) {
      const name = path.join('.');
      const words = message.replace(/^Invalid option:/, 'must be one of:');
      if (!flaws.has(name)) flaws.set(name, `${name} ${words}`);
    }
    problems.push(...flaws.values());
    throw new ConfigError(problems);
  }
  const given = parsed.data;
  const platform = parsePlatformKeys(given.PLATFORM_KEYS);
  const join = parseJoinTokenKeys(given.JOIN_TOKEN_KEYS);
  problems.push(...platform.problems.map((problem) => `PLATFORM_KEYS: ${problem}`));
  problems.push(...join.problems.map((problem) => `JOIN_TOKEN_KEYS: ${problem}`));
  problems.push(...findContradictions(given));
  if (given.NODE_ENV === 'production' && reader === 'server') problems.push(...findUnsafe(given));
  const hostLinks = hostLinksOf(given, problems);
  const asked = parseWitnesses(given.LOG_WITNESSES);
  problems.push(...asked.problems.map((problem) => `LOG_WITNESSES: ${problem}`));
  if ((given.LOG_WITNESS_QUORUM ?? 0) > asked.witnesses.length) {
    problems.push('LOG_WITNESS_QUORUM is above the number of LOG_WITNESSES');
  }
  const accounts = readAccountConfig(given, reader, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return configOf(given, platform.keys, join.keys, hostLinks, asked.witnesses, accounts);
}

function hostLinksOf(given: Variables, problems: string[]): HostLinkConfig | undefined {
  const { HOST_LINK_ISSUER: issuer, HOST_LINK_JWKS_URL: url, HOST_LINK_KEYS: text } = given;
  const audience = given.PUBLIC_URL && new URL(given.PUBLIC_URL).origin;
  if (issuer === undefined) {
    if (url ?? text)
      problems.push('HOST_LINK_ISSUER is missing: whose host links are these keys for?');
    return undefined;
  }
  if (!audience) problems.push('PUBLIC_URL is missing: it is the audience of host links');
  if ((url === undefined) === (text === undefined)) {
    problems.push('HOST_LINK_ISSUER needs either HOST_LINK_JWKS_URL or HOST_LINK_KEYS');
  }
  if (url?.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
    problems.push('HOST_LINK_JWKS_URL must be https');
  }
  const keys = url ? new URL(url) : parseHostLinkKeys(text ?? '');
  if (typeof keys !== 'string') return audience ? { issuer, audience, keys } : undefined;
  if (text !== undefined) problems.push(`HOST_LINK_KEYS ${keys}`);
  return undefined;
}

function readGiven(environment: Environment, problems: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of NAMES) {
    const file = environment[`${name}_FILE`];
    const value = environment[name];
    if (file && value) problems.push(`${name} and ${name}_FILE are both set`);
    else if (file) {
      try {
        given[name] = readFileSync(file, 'utf8').trim();
      } catch {
        problems.push(`${name}_FILE can't be read`);
      }
    } else if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

function findContradictions(given: Variables): string[] {
  const problems: string[] = [];
  if (given.DATABASE_URL && given.ROSTRUM_EMBEDDED === '1') {
    problems.push('DATABASE_URL and ROSTRUM_EMBEDDED=1 exclude each other');
  }
  if (!given.DATABASE_URL && given.ROSTRUM_EMBEDDED === '0') {
    problems.push('DATABASE_URL is missing, and ROSTRUM_EMBEDDED=0 forbids the embedded database');
  }
  if (!given.DATABASE_URL && given.ROLE === 'worker') {
    problems.push('ROLE=worker needs DATABASE_URL: the embedded database belongs to one process');
  }
  if (given.SEQUENCER_DATABASE_URL && !given.DATABASE_URL) {
    problems.push('SEQUENCER_DATABASE_URL needs DATABASE_URL: the embedded database has its own');
  }
  if (given.ERASER_DATABASE_URL && !given.DATABASE_URL) {
    problems.push('ERASER_DATABASE_URL needs DATABASE_URL: the embedded database has its own');
  }
  if (given.ROLE !== 'all' && !given.REDIS_URL) {
    problems.push('ROLE=web and ROLE=worker need REDIS_URL: the worker reaches sockets through it');
  }
  return problems;
}

function findUnsafe(given: Variables): string[] {
  const problems: string[] = [];
  if (!given.DATABASE_URL && given.ROSTRUM_EMBEDDED !== '1') {
    problems.push('DATABASE_URL is missing (or say ROSTRUM_EMBEDDED=1 for the embedded database)');
  }
  if (given.DATABASE_OWNER_URL) {
    problems.push('DATABASE_OWNER_URL is for the command line only: the server must not hold it');
  }
  if (given.ERASER_DATABASE_URL) {
    problems.push('ERASER_DATABASE_URL is for `rostrum erase` only: the server must not hold it');
  }
  if (given.DATABASE_URL && given.ROLE !== 'web') {
    for (const name of ['SEQUENCER_DATABASE_URL', 'LOG_KEY_FILE'] as const) {
      if (!given[name]) problems.push(`${name} is missing: the audit log could not be signed`);
    }
  }
  if (!given.PUBLIC_URL) problems.push('PUBLIC_URL is missing');
  else if (!isLoopback(new URL(given.PUBLIC_URL).hostname)) {
    if (given.PUBLIC_URL.startsWith('http:')) problems.push('PUBLIC_URL must be https');
    if (!given.METRICS_TOKEN) problems.push('METRICS_TOKEN is missing: /metrics would be open');
  }
  if (given.JOIN_TOKEN_KEYS === '') problems.push('JOIN_TOKEN_KEYS is missing');
  return problems;
}

/** Whether a host name reaches this machine only. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

function configOf(
  given: Variables,
  platformKeys: PlatformKey[],
  keys: JoinTokenKey[],
  hostLinks: HostLinkConfig | undefined,
  witnesses: Witness[],
  accounts: AccountConfig,
): Config {
  return {
    production: given.NODE_ENV === 'production',
    role: given.ROLE,
    http: {
      host: given.HOST,
      port: given.PORT,
      publicUrl: given.PUBLIC_URL && new URL(given.PUBLIC_URL).origin,
      trustProxy: given.TRUST_PROXY,
      metricsToken: given.METRICS_TOKEN,
    },
    database: given.DATABASE_URL
      ? {
          url: given.DATABASE_URL,
          ownerUrl: given.DATABASE_OWNER_URL,
          sequencerUrl: given.SEQUENCER_DATABASE_URL,
          eraserUrl: given.ERASER_DATABASE_URL,
        }
      : undefined,
    databasePool: given.DATABASE_POOL,
    dataDir: given.ROSTRUM_DATA_DIR,
    redisUrl: given.REDIS_URL,
    platformKeys,
    joinTokenKeys: keys,
    logLevel: given.LOG_LEVEL,
    session: {
      idleMinutes: given.SESSION_IDLE_MINUTES,
      maxHours: given.SESSION_MAX_HOURS,
      hostHours: given.HOST_SESSION_HOURS,
      linkMinutes: given.SIGN_IN_LINK_MINUTES,
      hostLinkMinutes: given.HOST_LINK_MINUTES,
      invitationMinutes: given.INVITATION_HOURS * 60,
      requireFactor: accounts.requireFactor,
    },
    accounts,
    joinTokenSeconds: given.JOIN_TOKEN_SECONDS,
    hostLinks,
    limits: {
      destructivePerMinute: given.DESTRUCTIVE_PER_MINUTE,
      apiCallsPerMinute: given.API_CALLS_PER_MINUTE,
      pagesPerMinute: given.PAGES_PER_MINUTE,
      actorPagesPerMinute: given.ACTOR_PAGES_PER_MINUTE,
      signInsPerMinute: given.SIGN_INS_PER_MINUTE,
      logReadsPerMinute: given.LOG_READS_PER_MINUTE,
    },
    auditLog: {
      origin: given.LOG_ORIGIN,
      keyFile: given.LOG_KEY_FILE,
      pinsFile: given.LOG_PINS_FILE,
      publishDir: given.LOG_PUBLISH_DIR,
      witnesses,
      witnessQuorum: given.LOG_WITNESS_QUORUM,
    },
  };
}
