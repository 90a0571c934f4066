import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { Variables } from './variables.ts';

/** What accounts and sign-ins are configured by. */
export interface AccountConfig {
  /** Undefined: one of the data directory is used. */
  key: string | undefined;
  /** Whether leads and admins work only with a second factor. */
  requireFactor: boolean;
  provider: ProviderConfig | undefined;
}

/** The organisation's own provider (OpenID Connect). */
export interface ProviderConfig {
  issuer: URL;
  /** How people call it. */
  name: string;
  clientId: string;
  clientSecret: string;
  /** The claim that holds somebody's groups or roles there. */
  roleClaim: string;
  /** What each value of it gives here. */
  roleMap: ReadonlyMap<string, readonly OperatorRole[]>;
}

/** Reads how people sign in. @param problems gets what is wrong, by variable and without values */
export function readAccountConfig(
  given: Variables,
  reader: 'server' | 'command',
  problems: string[],
): AccountConfig {
  const production = given.NODE_ENV === 'production';
  const { hostname } = new URL(given.PUBLIC_URL ?? 'http://localhost');
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
  if (production && reader === 'server') {
    if (given.DATABASE_URL && !given.ACCOUNT_KEY) {
      problems.push('ACCOUNT_KEY is missing: second factors could not be kept');
    }
    if (given.REQUIRE_SECOND_FACTOR === '0' && !isHere) {
      problems.push('REQUIRE_SECOND_FACTOR=0 is for a PUBLIC_URL on this machine only');
    }
  }
  return {
    key: given.ACCOUNT_KEY,
    requireFactor:
      given.REQUIRE_SECOND_FACTOR === undefined ? production : given.REQUIRE_SECOND_FACTOR === '1',
    provider: readProvider(given, isHere, problems),
  };
}

function readProvider(
  given: Variables,
  isHere: boolean,
  problems: string[],
): ProviderConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: secret } = given;
  if (!issuer && !clientId && !secret) return undefined;
  if (!issuer || !clientId || !secret) {
    problems.push('OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together');
    return undefined;
  }
  const url = new URL(issuer);
  if (url.protocol === 'http:' && !isHere) problems.push('OIDC_ISSUER must be https');
  const roleMap = readRoleMap(given.OIDC_ROLE_MAP);
  if (typeof roleMap === 'string') {
    problems.push(`OIDC_ROLE_MAP ${roleMap}`);
    return undefined;
  }
  return {
    issuer: url,
    name: given.OIDC_NAME ?? url.hostname,
    clientId,
    clientSecret: secret,
    roleClaim: given.OIDC_ROLE_CLAIM,
    roleMap,
  };
}

/** `value=role+role`, apart by commas. @returns what is wrong, when something is */
function readRoleMap(text: string): ReadonlyMap<string, readonly OperatorRole[]> | string {
  const map = new Map<string, readonly OperatorRole[]>();
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const cut = entry.lastIndexOf('=');
    const roles = entry.slice(cut + 1).split('+') as OperatorRole[];
    if (cut < 1) return 'must be value=role+role, apart by commas';
    if (!roles.every((role) => OPERATOR_ROLES.includes(role))) {
      return `has a role other than ${OPERATOR_ROLES.join(', ')}`;
    }
    map.set(entry.slice(0, cut), roles);
  }
  return map.size === 0 ? 'is missing: nobody would get a role' : map;
}
