import { noteCredential } from '#server/auth/accounts.ts';
import { identityFields } from '#server/auth/identities.ts';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { changeCodes, removeCodes, removePasskey } from '#server/auth/own-account.ts';
import { keepPasskey } from '#server/auth/passkeys.ts';
import { resetAccount } from '#server/auth/reset-account.ts';
import { enrolCodes, giveCode } from '#server/auth/second-factor.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import {
  accountsOf,
  addAccount,
  codeOf,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

/** Operators' ids, by what became of how they sign in. */
export interface Signing {
  /**
   * Has a password, the passkey `mine`, a linked sign-in, codes, and recovery codes of which one was used;
   * removed the passkey `lost`.
   */
  lead: string;
  /** Never had anything. */
  bare: string;
  /** Lost all of it to a reset. */
  reset: string;
  /** Gave their codes up. */
  without: string;
}

/** Operators who set up, used, changed and lost what they sign in by. */
export async function signInVariously(base: TestDatabase): Promise<Signing> {
  const accounts = accountsOf(base);
  const lead = await addAccount(accounts, ['lead']);
  const { token, recoveryCodes = [] } = await enrol(accounts, lead);
  await base.db.begin(async (tx) => {
    for (const id of ['mine', 'lost']) {
      const made = { id, publicKey: `key of ${id}`, counter: 0, transports: ['usb'] };
      await keepPasskey(tx, lead.id, made, '');
    }
    const [issuer, subject] = ['https://id.example', 'lead-1'];
    const fields = identityFields({ issuer, subject });
    await noteCredential(tx, lead.ref, lead.id, 'identity_linked', fields);
    await tx`insert into operator_identity (issuer, subject, operator_id)
      values (${issuer}, ${subject}, ${lead.id})`;
  });
  must(await removePasskey(accounts, await heldBy(accounts, token), 'lost'));
  const password = { name: lead.name, password: PASSWORD };
  const again = mustEnter(await signInByPassword(accounts, visitor(), password));
  const half = await heldBy(accounts, again.token);
  mustEnter(await giveCode(accounts, visitor(again.token), half, recoveryCodes[0] ?? ''));

  const reset = await addAccount(accounts, ['lead']);
  await enrol(accounts, reset);
  await resetAccount(base.db, 'system', { name: reset.name, minutes: 5 });

  const without = await addAccount(accounts, ['moderator']);
  const session = await heldBy(accounts, without.token);
  const { secret, sealed } = offerCodes(accounts.key, without);
  must(await changeCodes(accounts, session, { sealed, code: codeOf(secret, -1) }));
  must(await removeCodes(accounts, session));

  const bare = await addOperator(base.db, ['moderator']);
  return { lead: lead.id, bare: bare.id, reset: reset.id, without: without.id };
}

/** Sets one-time codes up as the second factor that a session wants. */
async function enrol(
  accounts: ReturnType<typeof accountsOf>,
  account: { id: string; name: string; token: string },
) {
  const held = await heldBy(accounts, account.token);
  const { secret, sealed } = offerCodes(accounts.key, account);
  const code = codeOf(secret, -1);
  return mustEnter(await enrolCodes(accounts, visitor(account.token), held, { sealed, code }));
}

function must(answer: { ok: boolean }): void {
  if (!answer.ok) throw new Error(`Refused: ${JSON.stringify(answer)}`);
}
