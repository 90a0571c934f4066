import { beforeAll, describe, expect, it } from 'vitest';
import { addAccount } from '#test/support/accounts.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts } = useAccounts();

describe('the database', () => {
  // One for all: what is refused is rolled back.
  let who: Awaited<ReturnType<typeof addAccount>>;
  beforeAll(async () => {
    who = await addAccount(accounts);
  });
  it.each([
    ['a password', "update operator_password set hash = 'x' where operator_id = $1"],
    [
      'a passkey',
      "insert into passkey (id, operator_id, public_key, counter, transports, label) values ('k', $1, 'x', 0, '{}', '')",
    ],
    [
      'a code secret',
      "insert into code_secret (operator_id, sealed, last_step) values ($1, 'x', 0)",
    ],
    ['a recovery code', "insert into recovery_code (operator_id, hash) values ($1, 'x')"],
    [
      'an identity',
      "insert into operator_identity (issuer, subject, operator_id) values ('i', 's', $1)",
    ],
    ['a deleted password', 'delete from operator_password where operator_id = $1'],
    ['a newer proof', 'update session set proven_at = now() where operator_id = $1'],
  ])('refuses %s that is not on the record', async (_, statement) => {
    await expect(base.db.begin((tx) => tx.unsafe(statement, [who.id]))).rejects.toThrow(
      /without an audit event about operator/,
    );
  });

  it.each([
    ['whose a passkey is', 'update passkey set operator_id = gen_random_uuid()'],
    ['the key of a passkey', "update passkey set public_key = 'x'"],
    ['whose a session is', 'update session set operator_id = gen_random_uuid()'],
    ['what a session proved', "update session set strength = 'strong'"],
    ['the purpose of a link', "update sign_in_link set purpose = 'sign_in'"],
    ['whose an identity is', 'update operator_identity set operator_id = gen_random_uuid()'],
  ])('lets the application not change %s', async (_, statement) => {
    await expect(base.db.sql.unsafe(statement)).rejects.toThrow(/permission denied/);
  });
});
