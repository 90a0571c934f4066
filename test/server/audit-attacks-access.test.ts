import { beforeEach, describe, expect, test } from 'vitest';
import { saveView } from '#server/audit/saved-views.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { openAccountKey } from '#server/auth/account-key.ts';
import { writeLink } from '#server/auth/links.ts';
import { endSession, startSession } from '#server/auth/sessions.ts';
import { makeKey, revokeKey } from '#server/platform/keys.ts';
import { changeEndpoint, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { tamper } from '#test/support/tamper.ts';

// Rights and ways in, changed by somebody with every right on the database.
let base: TestDatabase;
let log: LivedLog;
const LIMITS = { idleMinutes: 60, maxHours: 2 };
const sealing = openAccountKey('a'.repeat(64));

const check = () => verifyDatabase(base.ownerUrl, log.policy);

/** Two sessions of a lead, one ended; a key, and one that was revoked; a webhook; a view. */
const lived = useLivedCopies(async (base, log) => {
  const { db } = base;
  const [lead, admin] = [await addOperator(db, ['lead']), await addOperator(db, ['admin'])];
  const begin = () => db.begin((tx) => startSession(tx, { kind: 'operator', id: lead.id }, LIMITS));
  await begin();
  await endSession(db, await begin());
  await db.begin((tx) =>
    writeLink(tx, { kind: 'operator', id: lead.id }, 30, 'system', 'invitation'),
  );
  const asked = { name: 'Main', scopes: ['events'], callsPerMinute: null, days: 90 };
  await makeKey(db, admin.actor, asked);
  const second = await makeKey(db, admin.actor, { ...asked, name: 'Second' });
  await revokeKey(db, admin.actor, { key: second.ok && second.id });
  const told = { name: 'Hook', url: 'https://platform.example/hook', types: ['room.ended'] };
  const made = await makeEndpoint(db, admin.actor, told, { strict: false, sealing });
  const endpoint = made.ok && made.id;
  await changeEndpoint(db, admin.actor, { change: 'disable', endpoint }, { sealing });
  expect(await saveView(db, lead.id, { name: 'Mine', isTeam: true, search: '?a=1' })).toBe(true);
  await log.sequence();
});
beforeEach(() => {
  ({ base, log } = lived);
});

test('as it is, it is sound, also once sessions and keys were used', async () => {
  await base.db.sql`update session set seen_at = now(), expires_at = now() + interval '1 hour'`;
  await base.db.sql`update platform_key set last_used_at = now()`;
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
});

describe('a superuser is found who', () => {
  test.each([
    [
      'revives a session that ended',
      'update session set ended_at = null',
      'session.ended',
      /it ended, but goes on: session/,
    ],
    [
      'makes a link by which they sign in as somebody',
      `insert into sign_in_link (token_hash, operator_id, expires_at)
        select repeat('ab', 32), id, now() + interval '1 hour' from operator
        where roles = '{admin}'`,
      null,
      /no event says that it was made, for them and there: sign-in link abab/,
    ],
    [
      'lets a link lead to somebody else',
      `update sign_in_link set operator_id = (select id from operator where roles = '{admin}')`,
      null,
      /no event says that it was made, for them and there: sign-in link/,
    ],
    [
      'lets a link sign in at once that asks for a password first',
      `update sign_in_link set purpose = 'sign_in'`,
      'sign_in_link.created',
      /made to open something else, or until another time: sign-in link/,
    ],
    [
      'lets a link be used for longer',
      `update sign_in_link set expires_at = expires_at + interval '1 day'`,
      'sign_in_link.created',
      /made to open something else, or until another time: sign-in link/,
    ],
    [
      'makes a session for somebody',
      `insert into session (token_hash, operator_id, strength, expires_at)
        select repeat('ab', 32), operator_id, 'strong', now() + interval '1 hour'
        from session limit 1`,
      null,
      /no event says that it was started, by them and there: session abab/,
    ],
    [
      'gives a session to somebody else',
      `update session set operator_id = (select id from operator where roles = '{admin}')`,
      null,
      /no event says that it was started, by them/,
    ],
    [
      'lets a session have had a second factor',
      `update session set strength = 'strong'`,
      'session.started',
      /started on other proof/,
    ],
    [
      'lets somebody have proven who they are just now',
      `update session set proven_at = now() + interval '5 minutes'`,
      'session.started',
      /as late as is kept of session/,
    ],
    [
      'gives a key another scope',
      `update platform_key set scopes = '{events,admissions}'`,
      'platform_key.revoked',
      /say otherwise what it may/,
    ],
    [
      'lets a key hold for longer',
      'update platform_key set expires_at = null',
      'platform_key.revoked',
      /until when/,
    ],
    [
      'revives a revoked key',
      'update platform_key set revoked_at = null',
      'platform_key.revoked',
      /say otherwise/,
    ],
    [
      'puts a secret of their own below a key',
      `update platform_key set secret_hash = md5(id)`,
      'platform_key.revoked',
      /or whose it is/,
    ],
    [
      'makes a key',
      `insert into platform_key (id, name, secret_hash, scopes, created_by)
        values ('mine', 'Mine', 'x', '{events}', 'system')`,
      null,
      /no event says that it was made: platform:mine/,
    ],
    [
      'deletes a key',
      'delete from platform_key where revoked_at is not null',
      'platform_key.made',
      /made a key that is gone/,
    ],
    [
      'sends a webhook elsewhere',
      `update webhook_endpoint set url = 'https://attacker.example/'`,
      'webhook.disabled',
      /otherwise where it leads/,
    ],
    [
      'lets a webhook be sent things again',
      'update webhook_endpoint set disabled_at = null',
      'webhook.disabled',
      /or whether it is sent anything/,
    ],
    [
      'gives a webhook another secret',
      `update webhook_endpoint set secret = 'known'`,
      'webhook.disabled',
      /otherwise where it leads/,
    ],
    [
      'deletes a webhook',
      'delete from webhook_endpoint',
      'webhook.made',
      /made a webhook that is gone/,
    ],
    [
      'changes what colleagues look at',
      `update saved_view set search = '?a=2'`,
      'saved_view.made',
      /made it otherwise than it is now/,
    ],
    [
      'deletes a saved view',
      'delete from saved_view',
      'saved_view.made',
      /made a view that is gone/,
    ],
    [
      'lets a mute weigh less',
      `update participant set mute_rank = 1 where member_id = 'ana'`,
      'participant.muted ana',
      /muted them at another rank/,
    ],
    [
      'lets a removal weigh less',
      `update participant set removal_rank = 1 where member_id = 'ben'`,
      'participant.removed ben',
      /removed them at another rank/,
    ],
    [
      'gives a room another title',
      `update room set title = 'Another'`,
      'room.opened',
      /gave another title to room:/,
    ],
    [
      'gives a command another reason',
      `update command set input = jsonb_set(input, '{reason}', '"none"') where name = 'lock_room'`,
      'room.locked',
      /otherwise who did what to whom, and why/,
    ],
    [
      'lets a command be another’s',
      `update command set actor_ref = 'operator:another' where name = 'lock_room'`,
      'room.locked',
      /otherwise who did what/,
    ],
    [
      'lets a command be of somebody erased',
      `update command set actor_ref = 'erased', input = '{}' where name = 'lock_room'`,
      'room.locked',
      /otherwise who did what/,
    ],
    [
      'lets a command be about somebody else',
      `update command set member_id = 'dia', input = jsonb_set(input, '{member}', '"dia"')
        where name = 'remove'`,
      'participant.removed ben',
      /otherwise who did what/,
    ],
  ])('%s', async (_title, statement, about, what) => {
    const [action, member] = about?.split(' ') ?? [];
    const event = action === undefined ? null : await log.newest(action, member);
    await tamper(base, (sql) => sql.unsafe(statement));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    const found = report.findings.filter((each) => what.test(each.what));
    expect(found.map((each) => each.event)).toContain(event);
  });
});
