import type { Request } from 'express';
import type { AccountContext, EnterAnswer } from '#app/domain/access/account.ts';
import { type Accounts, refuse, type SignInAnswer, type Visitor } from '#server/auth/accounts.ts';
import { linkIdentity, unlinkIdentity } from '#server/auth/link-identity.ts';
import { PATIENCE_MS } from '#server/auth/provider.ts';
import { readProviderCookie, writeProviderCookie } from '#server/auth/provider-cookie.ts';
import { requireRecent } from '#server/auth/recent.ts';
import type { HeldSession } from '#server/auth/sessions.ts';
import { signInByProvider } from '#server/auth/sign-in-by-provider.ts';

/** Where the organisation's provider sends a browser back to; registered there. */
const BACK = '/sign-in/provider/back';
/** Where someone links it to their account, and reads what became of that. */
const PROFILE = '/profile';

export interface ProviderContextOptions {
  accounts: Accounts;
  visitor: Visitor;
  secure: boolean;
  /** The operator's session, when nothing more is wanted of it. */
  full: HeldSession | null;
  /** Tries a sign-in, if the caller's network may try one more. */
  tried(work: () => Promise<SignInAnswer>): Promise<EnterAnswer>;
}

type Ways = 'beginProvider' | 'finishProvider' | 'beginLink' | 'unlink';

/** The organisation's own provider, as the screens of one request may use it. */
export function providerContext(
  request: Request,
  { accounts, visitor, secure, full, tried }: ProviderContextOptions,
): Pick<AccountContext, Ways> {
  const { provider } = accounts;
  const keep = (sealed: string) => writeProviderCookie(sealed, PATIENCE_MS / 1_000, secure);
  return {
    async beginProvider() {
      if (!provider) return null;
      // One that doesn't answer is told of where one that refuses is.
      const begun = await provider
        .begin(new URL(BACK, visitor.origin))
        .catch(() => ({ to: BACK, sealed: '' }));
      return { to: begun.to, cookie: keep(begun.sealed) };
    },
    async finishProvider(address) {
      if (!provider) return refuse('forbidden');
      // As the browser had it: the request's own address may be that of a proxy.
      const came = new URL(BACK, visitor.origin);
      came.search = new URL(address).search;
      const back = { address: came, sealed: readProviderCookie(request.headers.cookie, secure) };
      if (!full || !provider.links(back.sealed, full.id)) {
        return tried(() => signInByProvider(accounts, visitor, provider, back));
      }
      const answer = await linkIdentity(accounts, full, provider, back);
      if (!answer.ok) return { ...answer, landing: PROFILE };
      return { ok: true, landing: PROFILE, cookie: writeProviderCookie('', 0, secure) };
    },
    async beginLink() {
      if (!full || !provider) return refuse('forbidden');
      const stale = requireRecent(full);
      if (stale) return stale;
      const begun = await provider.begin(new URL(BACK, visitor.origin), full.id).catch(() => null);
      if (begun === null) return refuse('provider_failed');
      return { ok: true, to: begun.to, cookie: keep(begun.sealed) };
    },
    unlink: async (identity) =>
      full ? unlinkIdentity(accounts, full, identity) : refuse('forbidden'),
  };
}
