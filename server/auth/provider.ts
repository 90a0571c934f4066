import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { ProviderConfig } from '#server/config/account-config.ts';
import type { AccountKey } from './account-key.ts';

/** Whom the organisation's provider has let in. */
export interface ProviderClaims {
  issuer: string;
  subject: string;
  /** What they are called there; may be anything. */
  name: string;
  roles: readonly OperatorRole[];
  /** Whether the provider says that it has asked for more than one factor (RFC 8176, `mfa`). */
  isStrong: boolean;
  /** Whether it says that it asked them since they were sent there; `untimed`: it doesn't say when. */
  asked: 'anew' | 'before' | 'untimed';
}

/** What a browser is sent to the provider for, and the only session that what it brings back is for. */
export type Errand = { for: 'sign_in' } | { for: 'link' | 'proof'; session: string };

/** The organisation's own provider (OpenID Connect 1.0, authorization code with PKCE). */
export interface Provider {
  name: string;
  /** Whether identities of this issuer come in here: others were linked under another configuration. */
  issues(issuer: string): boolean;
  /**
   * Where the browser is sent, and what it has to bring back, sealed. For a proof the provider is told
   * to ask anew, though it may know them.
   * @param back address that the provider sends the browser back to
   * @param to path at which it goes on then
   */
  begin(back: URL, errand: Errand, to?: string): Promise<{ to: string; sealed: string }>;
  /**
   * @param address where the browser came back to, with what the provider added
   * @param errand as it was begun with
   * @throws when state, nonce, issuer, signature or anything else isn't as it was begun
   */
  finish(address: URL, sealed: string | null, errand: Errand): Promise<ProviderClaims>;
  /** What this session sent its browser there for, and where it goes on; null: nothing. */
  errandOf(
    sealed: string | null,
    session: string,
  ): { errand: Errand & { session: string }; to: string } | null;
}

/** What the browser brings back. */
interface Begun {
  state: string;
  nonce: string;
  verifier: string;
  /** Milliseconds since the epoch. */
  at: number;
  to: string;
}

// What was begun for one session or errand opens for no other.
const aboutOf = (errand: Errand) =>
  errand.for === 'sign_in'
    ? 'sign-in at the provider'
    : `${errand.for} at the provider of ${errand.session}`;
/** How long someone may take to sign in there, in milliseconds. */
export const PATIENCE_MS = 10 * 60_000;
/** How far the provider's clock may be from ours, in milliseconds. */
const CLOCKS_APART_MS = 30_000;
/** Asks for a sign-in though there is one; by `max_age`, providers also say when they last asked. */
const ASK_ANEW = { prompt: 'login', max_age: '0' };

/** Opens a provider; what it offers is asked for at the first sign-in, and again after a failure. */
export function openProvider(config: ProviderConfig, key: AccountKey): Provider {
  let found: Promise<Configuration> | undefined;
  const discovered = () => {
    found ??= discover(config).catch((error) => {
      found = undefined;
      throw error;
    });
    return found;
  };
  return {
    name: config.name,
    issues: (issuer) => nameOf(issuer) === nameOf(config.issuer.href),
    async begin(back, errand, to = '/') {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const there = buildAuthorizationUrl(await discovered(), {
        redirect_uri: back.href,
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(errand.for === 'proof' && ASK_ANEW),
      });
      const begun: Begun = { state, nonce, verifier, at: Date.now(), to };
      return { to: there.href, sealed: key.seal(JSON.stringify(begun), aboutOf(errand)) };
    },
    errandOf(sealed, session) {
      for (const purpose of ['link', 'proof'] as const) {
        const errand = { for: purpose, session };
        const begun = key.open(sealed ?? '', aboutOf(errand));
        if (begun !== null) return { errand, to: (JSON.parse(begun) as Begun).to };
      }
      return null;
    },
    async finish(address, sealed, errand) {
      const opened = key.open(sealed ?? '', aboutOf(errand));
      if (opened === null) throw new Error('This browser has begun no sign-in at the provider');
      const { state, nonce, verifier, at } = JSON.parse(opened) as Begun;
      if (Date.now() > at + PATIENCE_MS)
        throw new Error('The sign-in at the provider took too long');
      const client = await discovered();
      const tokens = await authorizationCodeGrant(client, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('The provider gave no ID token');
      const isThere = claims[config.roleClaim] !== undefined && nameIn(claims) !== null;
      const more =
        isThere || !client.serverMetadata().userinfo_endpoint
          ? {}
          : await fetchUserInfo(client, tokens.access_token, claims.sub);
      const said: Record<string, unknown> = { ...more, ...claims };
      return {
        issuer: claims.iss,
        subject: claims.sub,
        name: nameIn(said) ?? claims.sub,
        roles: rolesOf(said[config.roleClaim], config.roleMap),
        isStrong: Array.isArray(claims.amr) && claims.amr.includes('mfa'),
        asked: askedOf(claims.auth_time, at),
      };
    },
  };
}

function discover({ issuer, clientId, clientSecret }: ProviderConfig): Promise<Configuration> {
  // The configuration allows http on this machine only.
  const execute = issuer.protocol === 'http:' ? [allowInsecureRequests] : [];
  return discovery(issuer, clientId, clientSecret, undefined, { execute, timeout: 10 });
}

/** An issuer, however its address is written; with or without what it is discovered by. */
function nameOf(issuer: string): string {
  return issuer.replace(/\/\.well-known\/.*$/, '').replace(/\/$/, '');
}

/** @param authTime seconds since the epoch, by the provider's clock; @param begun milliseconds, by ours */
function askedOf(authTime: number | undefined, begun: number): ProviderClaims['asked'] {
  if (authTime === undefined) return 'untimed';
  const at = authTime * 1_000;
  const isSince = at >= begun - CLOCKS_APART_MS && at <= Date.now() + CLOCKS_APART_MS;
  return isSince ? 'anew' : 'before';
}

function nameIn({ name, preferred_username }: Record<string, unknown>): string | null {
  for (const given of [preferred_username, name]) {
    if (typeof given === 'string' && given.trim() !== '') return given;
  }
  return null;
}

function rolesOf(claim: unknown, map: ProviderConfig['roleMap']): OperatorRole[] {
  const values = Array.isArray(claim) ? claim : [claim];
  const given = new Set(
    values.flatMap((value) => (typeof value === 'string' ? (map.get(value) ?? []) : [])),
  );
  return OPERATOR_ROLES.filter((role) => given.has(role));
}
