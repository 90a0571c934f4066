import type { Request } from 'express';
import type { AccountContext, EnterAnswer } from '#app/domain/access/account.ts';
import { type Accounts, refuse, type SignInAnswer, type Visitor } from '#server/auth/accounts.ts';
import { hasFactor } from '#server/auth/factors.ts';
import { linkIdentity, unlinkIdentity } from '#server/auth/link-identity.ts';
import { canProveBy, proveByProvider } from '#server/auth/prove-by-provider.ts';
import { type Errand, PATIENCE_MS } from '#server/auth/provider.ts';
import { readProviderCookie, writeProviderCookie } from '#server/auth/provider-cookie.ts';
import { requireRecent } from '#server/auth/recent.ts';
import type { HeldSession } from '#server/auth/sessions.ts';
import { signInByProvider } from '#server/auth/sign-in-by-provider.ts';

/** Where the organisation's provider sends a browser back to; registered there. */
const BACK = '/sign-in/provider/back';
/** Where someone links it to their account, and reads what became of that. */
const PROFILE = '/profile';
/** The same for who has it prove who they are. */
const CONFIRM = '/confirm';
/** And for who does so before they set a second factor up. */
const SECOND_FACTOR = '/second-factor';

export interface ProviderContextOptions {
  accounts: Accounts;
  visitor: Visitor;
  secure: boolean;
  /** The operator's session, when nothing more is wanted of it. */
  full: HeldSession | null;
  /** The same while a second factor is wanting. */
  wanting: HeldSession | null;
  /** The cookie of a session's token. */
  cookieOf(token: string): string;
  /** Whether the caller's network may try once more. */
  takeSignIn(): boolean;
  /** Tries a sign-in, if the caller's network may try one more. */
  tried(work: () => Promise<SignInAnswer>): Promise<EnterAnswer>;
}

type Ways =
  | 'beginProvider'
  | 'finishProvider'
  | 'beginLink'
  | 'provingProvider'
  | 'beginProof'
  | 'unlink';

/** The organisation's own provider, as the screens of one request may use it. */
export function providerContext(
  request: Request,
  { accounts, visitor, secure, full, wanting, ...rest }: ProviderContextOptions,
): Pick<AccountContext, Ways> {
  const { provider } = accounts;
  const { cookieOf, takeSignIn, tried } = rest;
  const keep = (sealed: string) => writeProviderCookie(sealed, PATIENCE_MS / 1_000, secure);
  const begin = async (errand: Errand, to?: string) => {
    const begun = await provider
      ?.begin(new URL(BACK, visitor.origin), errand, to)
      .catch(() => null);
    if (!begun) return refuse('provider_failed');
    return { ok: true, to: begun.to, cookie: keep(begun.sealed) } as const;
  };
  const known = full ?? wanting;
  /** Who can prove who they are there. To whoever owes a factor that they have, it would be no use. */
  const readProver = async () => {
    if (!known || !provider) return null;
    const { id } = known.actor;
    if (known.isWanting && (await hasFactor(accounts.db.orm, id))) return null;
    return (await canProveBy(accounts, provider, id)) ? known : null;
  };
  return {
    async beginProvider() {
      if (!provider) return null;
      const begun = await begin({ for: 'sign_in' });
      // One that doesn't answer is told of where one that refuses is.
      return begun.ok ? begun : { to: BACK, cookie: keep('') };
    },
    async finishProvider(address) {
      if (!provider) return refuse('forbidden');
      // As the browser had it: the request's own address may be that of a proxy.
      const came = new URL(BACK, visitor.origin);
      came.search = new URL(address).search;
      const back = { address: came, sealed: readProviderCookie(request.headers.cookie, secure) };
      const sent = known && provider.errandOf(back.sealed, known.id);
      const linking = sent?.errand.for === 'link' ? full : null;
      const proving = sent?.errand.for === 'proof' ? known : null;
      const asker = linking ?? proving;
      if (!sent || !asker) return tried(() => signInByProvider(accounts, visitor, provider, back));
      const told = linking
        ? `${PROFILE}?`
        : wanting
          ? `${SECOND_FACTOR}?`
          : `${CONFIRM}?to=${encodeURIComponent(sent.to)}&`;
      const answer = !takeSignIn()
        ? refuse('limited')
        : linking
          ? await linkIdentity(accounts, linking, provider, back)
          : await proveByProvider(accounts, asker, provider, back);
      if (!answer.ok) return { ...answer, landing: `${told}refused=${answer.reason}` };
      return 'token' in answer
        ? { ok: true, landing: sent.to, cookie: cookieOf(answer.token) }
        : { ok: true, landing: PROFILE, cookie: writeProviderCookie('', 0, secure) };
    },
    async beginLink() {
      if (!full || !provider) return refuse('forbidden');
      return requireRecent(full) ?? begin({ for: 'link', session: full.id });
    },
    provingProvider: async () => ((await readProver()) ? (provider?.name ?? null) : null),
    async beginProof(to) {
      const prover = await readProver();
      if (!prover) return refuse('forbidden');
      return begin({ for: 'proof', session: prover.id }, to);
    },
    unlink: async (identity) =>
      full ? unlinkIdentity(accounts, full, identity) : refuse('forbidden'),
  };
}
