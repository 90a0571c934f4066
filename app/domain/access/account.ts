/** Why an account's request is refused. The first four say nothing about whether an account exists. */
export const ACCOUNT_REFUSALS = [
  'wrong',
  'limited',
  'busy',
  'link_unusable',
  'wrong_code',
  'passkey_failed',
  'passkey_known',
  'forbidden',
  'reauthenticate',
  'name_missing',
  'name_taken',
  'too_short',
  'too_long',
  'common',
  'guessable',
  'last_way_in',
  'last_factor',
  'not_found',
  'provider_failed',
  'provider_stale',
  'provider_untimed',
  'not_invited',
  'identity_taken',
  'identity_known',
  'identity_foreign',
] as const;
export type AccountRefusal = (typeof ACCOUNT_REFUSALS)[number];

export interface AccountRefused {
  ok: false;
  reason: AccountRefusal;
  /** Seconds until another try is looked at; with `limited`. */
  retryAfter?: number;
}

/** How far a browser is signed in; `wanting`: a second factor is to be given, or set up. */
export type Stage = 'nobody' | 'wanting' | 'full';

/** Signed in, or a step further: the Set-Cookie header value, and where to go on. */
export interface Entered {
  ok: true;
  cookie: string;
  landing: string;
  /** Shown once: codes for the day when the second factor is lost. */
  recoveryCodes?: readonly string[];
}

export type EnterAnswer = Entered | AccountRefused;
export type ProvenAnswer = { ok: true; cookie: string } | AccountRefused;
export type AccountAnswer = { ok: true; recoveryCodes?: readonly string[] } | AccountRefused;

/** What a link leads to, before it is used. */
export interface OpenLink {
  /** Null: to be chosen, as first admin. */
  name: string | null;
}

/** A new secret for one-time codes, not kept anywhere until a code of it has come back. */
export interface CodeOffer {
  /** Base32, for those who type it. */
  secret: string;
  /** The `otpauth:` address, for an app on this device. */
  uri: string;
  /** The same as a picture: modules per side, and the black ones as an SVG path. */
  picture: { size: number; path: string };
  /** Goes back with the first code. */
  sealed: string;
}

/** What an account has to prove who its holder is. */
export interface Factors {
  hasPassword: boolean;
  hasCodes: boolean;
  recoveryCodesLeft: number;
  passkeys: readonly PasskeyInfo[];
}

export interface PasskeyInfo {
  id: string;
  label: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  usedAt: string | null;
}

/** A sign-in at the organisation's provider that is an account's. */
export interface LinkedIdentity {
  issuer: string;
  /** Who they are there. */
  subject: string;
  /** ISO 8601, UTC. */
  linkedAt: string;
}

export const BROWSERS = ['firefox', 'edge', 'opera', 'chrome', 'safari', 'other'] as const;
export type BrowserFamily = (typeof BROWSERS)[number];

/** A signed-in browser, as its owner or a lead sees it. */
export interface SessionInfo {
  /** Names the session without being able to use it. */
  id: string;
  browser: BrowserFamily;
  startedAt: string;
  seenAt: string;
  isThisOne: boolean;
}

/** An operator's own account, as the profile shows it. */
export interface Profile {
  name: string;
  factors: Factors;
  identities: readonly LinkedIdentity[];
  needsFactor: boolean;
  sessions: readonly SessionInfo[];
  /** Whether credentials may be changed now, without proving once more who one is. */
  isRecent: boolean;
}

/** What a passkey is asked for. */
export type PasskeyAsk =
  | { for: 'sign_in' }
  | { for: 'confirm' }
  | { for: 'register' }
  | { for: 'first'; token: string; name: string };

/** Options of the WebAuthn call, as JSON for the browser. */
export type PasskeyOptions = { ok: true; options: object } | AccountRefused;

/** A way to sign in, chosen by whoever opens an invitation or the set-up link. */
export type FirstCredential =
  | { token: string; name: string; password: string }
  | { token: string; name: string; passkey: unknown };

/** That whoever sits here now is still whoever signed in. */
export type Proof = { password: string } | { code: string } | { passkey: unknown };

/** What somebody at the command line may ask to have confirmed in the console, as the log names it. */
export const TERMINAL_PURPOSES = ['erasure', 'correction'] as const;
export type TerminalPurpose = (typeof TERMINAL_PURPOSES)[number];

/** Accounts, as the screens of one request may use them; bound to the request's browser. */
export interface AccountContext {
  stage: Stage;
  /** Whether whoever sits here proved lately who they are. */
  isRecent: boolean;
  /** Ways to sign in that this server and address offer. */
  offers: {
    passkeys: boolean;
    /** How the organisation's own provider is called; null without one. */
    provider: string | null;
  };
  signIn(name: string, password: string): Promise<EnterAnswer>;
  signInWithPasskey(response: unknown): Promise<EnterAnswer>;
  /** Where the organisation's provider asks for a sign-in, with a cookie to bring back; null: none. */
  beginProvider(): Promise<{ to: string; cookie: string } | null>;
  /**
   * Signs in, links to the account of the session that began it, or proves whose that is; a refusal
   * of these two says where to read of it.
   * @param address where the provider has sent the browser back to
   */
  finishProvider(address: string): Promise<EnterAnswer | (AccountRefused & { landing: string })>;
  /** The same as `beginProvider`, to link what signs in there to one's own account. */
  beginLink(): Promise<{ ok: true; to: string; cookie: string } | AccountRefused>;
  /** How the provider is called where it can prove whose session this is; null: it can't. */
  provingProvider(): Promise<string | null>;
  /** The same as `beginLink`, to prove who one is. @param to path at which to go on then */
  beginProof(to: string): Promise<{ ok: true; to: string; cookie: string } | AccountRefused>;
  unlink(identity: { issuer: string; subject: string }): Promise<AccountAnswer>;
  passkeyOptions(ask: PasskeyAsk): Promise<PasskeyOptions>;
  /** Null when the link can't be used (any more). */
  openLink(token: string, purpose: 'invitation' | 'set_up'): Promise<OpenLink | null>;
  acceptLink(purpose: 'invitation' | 'set_up', first: FirstCredential): Promise<EnterAnswer>;
  /** Which factors the holder of a `wanting` or `full` session has. */
  factors(): Promise<Factors | null>;
  offerCodes(): Promise<CodeOffer | null>;
  /** Gives the second factor that is wanted: a one-time code or a recovery code. */
  giveCode(code: string): Promise<EnterAnswer>;
  givePasskey(response: unknown): Promise<EnterAnswer>;
  /** Sets up the second factor that is wanted. */
  enrolCodes(sealed: string, code: string): Promise<EnterAnswer>;
  enrolPasskey(response: unknown): Promise<EnterAnswer>;
  /** Proves once more who one is, for ten minutes, with the cookie of the session's new token. */
  prove(
    proof: { password: string } | { code: string } | { passkey: unknown },
  ): Promise<ProvenAnswer>;
  /** Proves that it is oneself at the command line. @param code as it shows there */
  confirmTerminal(code: string, purpose: string): Promise<AccountAnswer>;
  profile(): Promise<Profile | null>;
  changePassword(password: string): Promise<AccountAnswer>;
  changeCodes(sealed: string, code: string): Promise<AccountAnswer>;
  removeCodes(): Promise<AccountAnswer>;
  renewRecoveryCodes(): Promise<AccountAnswer>;
  addPasskey(response: unknown, label: string): Promise<AccountAnswer>;
  removePasskey(id: string): Promise<AccountAnswer>;
  /** Ends one session, one's own or, for leads and admins, anyone's. */
  endSession(id: string): Promise<AccountAnswer>;
  /** Ends all of one's sessions but this one. */
  endOtherSessions(): Promise<AccountAnswer>;
}
