import { expect, it } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { noteCredential } from '#server/auth/accounts.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { runCommand } from '#test/support/run-command.ts';

const base = useDatabase();

it('rostrum audit correct takes the owner’s database, an operator’s password and a reason', async () => {
  const { id } = await addOperator(base.db, ['admin'], 'Ada');
  const hash = (await openPasswordHasher({ lanes: 1 }).hash('purple otters waltz')) ?? '';
  const [event = ''] = await base.db.begin(async (tx) => {
    await noteCredential(tx, 'system', id, 'password_set');
    await tx`insert into operator_password (operator_id, hash) values (${id}, ${hash})`;
    const common = { outcome: 'accepted', occurred_at: Date.now(), actor: 'operator:7' } as const;
    return appendAudit(tx, [{ ...common, action: 'room.opened', target: 'room:none' }]);
  });
  const correct = (password: string, owner: object = { DATABASE_OWNER_URL: base.ownerUrl }) =>
    runCommand(
      ['audit', 'correct', event, '--by', 'Ada', '--reason', 'A stolen password'],
      {
        DATABASE_URL: base.appUrl,
        PUBLIC_URL: 'https://rostrum.example',
        ACCOUNT_KEY: 'an account key of the tests, long enough',
        ...owner,
      },
      [password],
    );
  const refused = (words: string) => ({ code: 1, complaint: expect.stringContaining(words) });
  expect(await correct('guessed')).toMatchObject(refused('not the password'));
  expect(await correct('purple otters waltz', {})).toMatchObject(refused('DATABASE_OWNER_URL'));
  const done = await correct('purple otters waltz');
  expect(done).toMatchObject({ code: 0, complaint: expect.stringContaining('On the record') });
  const [row] = await base.db.sql`
    select action, actor_ref, reverses_id from audit.event where event_id = ${done.out.trim()}`;
  expect(row).toEqual({
    action: 'log.corrected',
    actor_ref: `operator:${id}`,
    reverses_id: event,
  });
  expect(await correct('purple otters waltz')).toMatchObject(refused('has been corrected'));
}, 60_000);
