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
}

/** The organisation's own provider (OpenID Connect 1.0, authorization code with PKCE). */
export interface Provider {
  name: string;
  /**
   * Where the browser is sent, and what it has to bring back, sealed.
   * @param back address that the provider sends the browser back to
   * @param linking the session whose account it is to be linked to; none: to sign in
   */
  begin(back: URL, linking?: string): Promise<{ to: string; sealed: string }>;
  /**
   * @param address where the browser came back to, with what the provider added
   * @param linking as it was begun with
   * @throws when state, nonce, issuer, signature or anything else isn't as it was begun
   */
  finish(address: URL, sealed: string | null, linking?: string): Promise<ProviderClaims>;
  /** Whether what the browser brings back was begun to link it to this session's account. */
  links(sealed: string | null, linking: string): boolean;
}

// What was begun for one session opens for no other, nor for a sign-in.
const aboutOf = (linking?: string) =>
  linking === undefined ? 'sign-in at the provider' : `link to the provider of ${linking}`;
/** How long someone may take to sign in there, in milliseconds. */
export const PATIENCE_MS = 10 * 60_000;

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
    async begin(back, linking) {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const to = buildAuthorizationUrl(await discovered(), {
        redirect_uri: back.href,
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const until = Date.now() + PATIENCE_MS;
      return {
        to: to.href,
        sealed: key.seal(JSON.stringify([state, nonce, verifier, until]), aboutOf(linking)),
      };
    },
    links: (sealed, linking) => key.open(sealed ?? '', aboutOf(linking)) !== null,
    async finish(address, sealed, linking) {
      const begun = key.open(sealed ?? '', aboutOf(linking));
      if (begun === null) throw new Error('This browser has begun no sign-in at the provider');
      const [state, nonce, verifier, until] = JSON.parse(begun) as [string, string, string, number];
      if (Date.now() > until) throw new Error('The sign-in at the provider took too long');
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
      };
    },
  };
}

function discover({ issuer, clientId, clientSecret }: ProviderConfig): Promise<Configuration> {
  // The configuration allows http on this machine only.
  const execute = issuer.protocol === 'http:' ? [allowInsecureRequests] : [];
  return discovery(issuer, clientId, clientSecret, undefined, { execute, timeout: 10 });
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
