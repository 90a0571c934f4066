import { TOTP } from 'otpauth';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { acceptLink } from '#server/auth/accept-link.ts';
import { openAccountKey } from '#server/auth/account-key.ts';
import type { Accounts, SignedIn, SignInAnswer, Visitor } from '#server/auth/accounts.ts';
import { inviteByCommand } from '#server/auth/invite.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { type HeldSession, readHeldSession } from '#server/auth/sessions.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

export const PASSWORD = 'nine purple otters waltz';
const SECRET = 'an account key of the tests, long enough';

const hasher = openPasswordHasher({ lanes: 2, waiting: 8 });

/** What one process of the server would have. */
export function accountsOf(base: TestDatabase, ended: string[] = []): Accounts {
  return {
    db: base.db,
    limits: { idleMinutes: 60, maxHours: 2, requireFactor: true },
    hasher,
    key: openAccountKey(SECRET),
    provider: null,
    cohortOf: async (network) => ({ today: `cohort of ${network}`, yesterday: null }),
    endSockets: (hash) => void ended.push(hash),
    moveSockets: () => {},
  };
}

let visitors = 0;

/** Somebody's browser, on a network of its own unless one is named. */
export function visitor(token: string | null = null, network = `net ${++visitors}`): Visitor {
  return { browser: 'firefox', network, origin: new URL('http://localhost:4600'), token };
}

let named = 0;

/** Adds an operator who has accepted an invitation with `PASSWORD`. */
export async function addAccount(accounts: Accounts, roles: OperatorRole[] = ['moderator']) {
  const name = `Person ${++named}`;
  const invited = await inviteByCommand(accounts.db, 'system', { name, roles, minutes: 5 });
  if (!invited.ok) throw new Error(invited.reason);
  const { id, token } = invited;
  const first = { token, name: '', password: PASSWORD };
  const entered = mustEnter(await acceptLink(accounts, visitor(), 'invitation', first));
  return { id, name, ref: `operator:${id}`, token: entered.token, landing: entered.landing };
}

/** @throws when it was refused */
export function mustEnter(answer: SignInAnswer): SignedIn {
  if (!answer.ok) throw new Error(`Refused: ${answer.reason}`);
  return answer;
}

/** The session of a token, wanting or not. */
export async function heldBy({ db, limits }: Accounts, token: string): Promise<HeldSession> {
  const held = await readHeldSession(db, token, limits);
  if (held === null) throw new Error('There is no such session');
  return held;
}

/** What an authenticator app shows, now or so many steps of 30 s from now. */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}
