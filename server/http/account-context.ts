import type { Request } from 'express';
import type {
  AccountContext,
  EnterAnswer,
  PasskeyAsk,
  PasskeyOptions,
} from '#app/domain/access/account.ts';
import { can } from '#app/domain/access/capabilities.ts';
import { acceptLink, readLink } from '#server/auth/accept-link.ts';
import { type Accounts, refuse, type SignInAnswer, type Visitor } from '#server/auth/accounts.ts';
import { browserFamilyOf } from '#server/auth/browser-family.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { readFactors } from '#server/auth/factors.ts';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { readOperatorName } from '#server/auth/operator-name.ts';
import {
  addPasskey,
  changeCodes,
  changePassword,
  readProfile,
  removeCodes,
  removePasskey,
  renewRecoveryCodes,
} from '#server/auth/own-account.ts';
import { askForNew, askToSign, offersPasskeys } from '#server/auth/passkeys.ts';
import { principalOf } from '#server/auth/principal.ts';
import { proveAgain } from '#server/auth/prove-again.ts';
import { confirmTerminal } from '#server/auth/prove-in-console.ts';
import { enrolCodes, enrolPasskey, giveCode, givePasskey } from '#server/auth/second-factor.ts';
import { endOtherSessions, endSessionById } from '#server/auth/session-list.ts';
import type { HeldSession, SessionLimits } from '#server/auth/sessions.ts';
import { signInByPasskey } from '#server/auth/sign-in-by-passkey.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import { providerContext } from './provider-context.ts';

export interface AccountContextOptions {
  accounts: Accounts;
  secure: boolean;
  limits: SessionLimits;
  /** The browser's session, of a host too, and its token. */
  held: HeldSession | null;
  token: string | null;
  /** Whether the caller's network may try to sign in once more. */
  takeSignIn(): boolean;
}

/** What comes with a request, of whoever sends it. */
export function visitorOf(request: Request, secure: boolean, token: string | null): Visitor {
  const scheme = secure ? 'https' : 'http';
  return {
    browser: browserFamilyOf(request.headers['user-agent']),
    network: request.ip ?? '',
    // The host was checked to be this console's.
    origin: new URL(`${scheme}://${request.headers.host ?? 'localhost'}`),
    token,
  };
}

/** Accounts, as the screens of one request may use them. */
export function accountContext(request: Request, options: AccountContextOptions): AccountContext {
  const { accounts, secure, limits, held, token, takeSignIn } = options;
  const visitor = visitorOf(request, secure, token);
  const operator = held?.actor.kind === 'operator' ? held : null;
  const wanting = operator?.isWanting ? operator : null;
  const mayOwn = can(principalOf(operator), 'account.own');
  const full = operator && mayOwn && !operator.isWanting ? operator : null;
  const passkeys = offersPasskeys(visitor);

  const cookieOf = (given: string) => writeCookie(given, limits.maxHours * 3_600, secure);
  const enterWith = (answer: SignInAnswer): EnterAnswer => {
    if (!answer.ok) return answer;
    const { token: given, ...rest } = answer;
    return { ...rest, cookie: cookieOf(given) };
  };
  const tried = async (work: () => Promise<SignInAnswer>) =>
    takeSignIn() ? enterWith(await work()) : refuse('limited', 60);
  const asWanting = async (work: (held: HeldSession) => Promise<SignInAnswer>) =>
    wanting ? enterWith(await work(wanting)) : refuse('forbidden');
  const asFull = async <Answer>(work: (held: HeldSession) => Promise<Answer>) =>
    full ? work(full) : refuse('forbidden');

  async function askPasskey(ask: PasskeyAsk): Promise<PasskeyOptions> {
    const { db } = accounts;
    if (!passkeys) return refuse('passkey_failed');
    if (ask.for === 'sign_in') {
      if (!takeSignIn()) return refuse('limited', 60);
      return { ok: true, options: await askToSign(db, visitor, 'sign_in', null) };
    }
    if (ask.for === 'first') {
      if (!takeSignIn()) return refuse('limited', 60);
      const link =
        (await readLink(db, ask.token, 'invitation')) ?? (await readLink(db, ask.token, 'set_up'));
      if (link === null) return refuse('link_unusable');
      const name = link.name ?? readOperatorName(ask.name);
      if (name === null) return refuse('name_missing');
      return { ok: true, options: await askForNew(db, visitor, { id: link.id, name }) };
    }
    if (!operator) return refuse('forbidden');
    const { id } = operator.actor;
    const { name } = operator.viewer;
    return ask.for === 'confirm'
      ? { ok: true, options: await askToSign(db, visitor, 'confirm', id) }
      : { ok: true, options: await askForNew(db, visitor, { id, name }) };
  }

  return {
    isRecent: operator?.isRecent ?? false,
    stage: wanting ? 'wanting' : held ? 'full' : 'nobody',
    offers: { passkeys, provider: accounts.provider?.name ?? null },
    signIn: (name, password) =>
      tried(() => signInByPassword(accounts, visitor, { name, password })),
    signInWithPasskey: (response) => tried(() => signInByPasskey(accounts, visitor, response)),
    ...providerContext(request, {
      accounts,
      visitor,
      secure,
      full,
      wanting,
      cookieOf,
      takeSignIn,
      tried,
    }),
    passkeyOptions: askPasskey,
    async openLink(link, purpose) {
      const found = await readLink(accounts.db, link, purpose);
      return found && { name: found.name };
    },
    acceptLink: (purpose, first) => tried(() => acceptLink(accounts, visitor, purpose, first)),
    factors: async () => (operator ? readFactors(accounts.db.orm, operator.actor.id) : null),
    async offerCodes() {
      if (!operator) return null;
      return offerCodes(accounts.key, { id: operator.actor.id, name: operator.viewer.name });
    },
    giveCode: (code) => asWanting((who) => giveCode(accounts, visitor, who, code)),
    givePasskey: (response) => asWanting((who) => givePasskey(accounts, visitor, who, response)),
    enrolCodes: (sealed, code) =>
      asWanting((who) => enrolCodes(accounts, visitor, who, { sealed, code })),
    enrolPasskey: (response) => asWanting((who) => enrolPasskey(accounts, visitor, who, response)),
    prove: (proof) =>
      asFull(async (who) => {
        const answer = await proveAgain(accounts, visitor, who, proof);
        return answer.ok ? { ok: true, cookie: cookieOf(answer.token) } : answer;
      }),
    confirmTerminal: (code, purpose) =>
      asFull((who) => confirmTerminal(accounts, who, { code, purpose })),
    profile: async () => (full ? readProfile(accounts, full) : null),
    changePassword: (password) => asFull((who) => changePassword(accounts, who, password)),
    changeCodes: (sealed, code) => asFull((who) => changeCodes(accounts, who, { sealed, code })),
    removeCodes: () => asFull((who) => removeCodes(accounts, who)),
    renewRecoveryCodes: () => asFull((who) => renewRecoveryCodes(accounts, who)),
    addPasskey: (response, label) =>
      asFull((who) => addPasskey(accounts, visitor, who, { response, label })),
    removePasskey: (id) => asFull((who) => removePasskey(accounts, who, id)),
    endSession: (id) => asFull((who) => endSessionById(accounts, who, id)),
    endOtherSessions: () =>
      asFull(async (who) => {
        await endOtherSessions(accounts, who);
        return { ok: true } as const;
      }),
  };
}
