import { describe, expect, it } from 'vitest';
import { NO_POLICY } from '#server/audit/verify/policy.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { verifyJoinToken } from '#server/auth/join-token.ts';
import { redeemLink } from '#server/auth/links.ts';
import { parsePlatformKeys } from '#server/config/keys.ts';
import { idInSecret } from '#server/platform/key-secret.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';
import { runCommand } from '#test/support/run-command.ts';
import { runProgram } from '#test/support/run-process.ts';

const base = useDatabase();
const server = useRostrum(base);
const limits = { idleMinutes: 60, maxHours: 2 };
const joinKeys = `cli:${'c'.repeat(40)}`;

const environment = () => ({
  DATABASE_URL: base.appUrl,
  PUBLIC_URL: 'https://rostrum.example',
  JOIN_TOKEN_KEYS: joinKeys,
});
const rostrum = (...args: string[]) => runCommand(args, environment());
/** The same as a process of its own, which scripts see. */
const program = (...args: string[]) => runProgram('server/cli/rostrum.ts', args, environment());

const lastAudit = async () => {
  const [row] = await base.db.sql`
    select action, actor_ref, target_ref from audit.event order by event_id desc limit 1`;
  return row;
};

describe('rostrum operator', () => {
  it('adds someone, whose link signs them in', async () => {
    const added = await program('operator', 'add', 'Ada', '--role', 'moderator', '--role', 'lead');
    expect(added).toMatchObject({ code: 0, complaint: expect.stringContaining('once') });
    expect(added.out).toMatch(/^https:\/\/rostrum\.example\/sign-in\?token=[\w-]{43}\n$/);
    const token = added.out.trim().split('token=')[1];
    expect((await redeemLink(base.db, token, limits))?.landing).toBe('/rooms');

    const again = await program('operator', 'add', 'ada', '--role', 'lead');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.complaint).toContain('already');

    const linked = await rostrum('operator', 'link', 'ADA');
    expect(linked.code).toBe(0);
    expect((await lastAudit())?.action).toBe('sign_in_link.created');
  });

  it('lists and disables', async () => {
    await rostrum('operator', 'add', 'Bo', '--role', 'auditor');
    expect(await rostrum('operator', 'disable', 'Bo')).toMatchObject({ code: 0 });
    expect((await lastAudit())?.action).toBe('operator.disabled');
    const listed = await rostrum('operator', 'list');
    expect(listed.out).toMatch(/^Bo\tauditor\tdisabled 20/m);
    expect(await rostrum('operator', 'disable', 'Nobody')).toMatchObject({ code: 1 });
  });

  it('gives and takes roles, with a reason on the record, and lets people in again', async () => {
    await rostrum('operator', 'add', 'Dee', '--role', 'auditor');
    const reason = ['--reason', 'Covers for Ada'];
    expect(await rostrum('operator', 'grant', 'dee', 'lead', ...reason)).toMatchObject({ code: 0 });
    expect((await lastAudit())?.action).toBe('operator.role_granted');
    expect(await rostrum('operator', 'revoke', 'Dee', 'auditor')).toMatchObject({ code: 0 });
    expect(await rostrum('operator', 'revoke', 'Dee', 'auditor')).toMatchObject({ code: 1 });
    await rostrum('operator', 'disable', 'Dee');
    expect(await rostrum('operator', 'enable', 'Dee')).toMatchObject({ code: 0 });
    expect((await rostrum('operator', 'list')).out).toMatch(/^Dee\tlead$/m);
    expect((await rostrum('operator', 'grant', 'Dee', 'king')).code).toBe(1);
  });

  it('refuses a role that is none, and says which there are', async () => {
    const refused = await rostrum('operator', 'add', 'Cy', '--role', 'king');
    expect(refused.code).toBe(1);
    expect(refused.complaint).toContain('moderator, lead, auditor, admin');
  });
});

describe('rostrum, for members', () => {
  it('makes a host link and a join token for those whom the platform named', async () => {
    const events = [opened(), joined('hana', { role: 'host' })];
    await server.call('/rooms/tea/events', { body: events });

    const link = await rostrum('host-link', '--room', 'tea', '--member', 'hana');
    const token = link.out.trim().split('token=')[1];
    expect((await redeemLink(base.db, token, limits))?.landing).toBe('/rooms/tea');

    const signed = await rostrum('join-token', '--room', 'tea', '--member', 'hana');
    const keys = [{ id: 'cli', secret: Buffer.from('c'.repeat(40)) }];
    const verified = verifyJoinToken(keys, signed.out.trim());
    expect(verified).toMatchObject({ ok: true, claims: { room: 'tea', member: 'hana' } });
    expect((await lastAudit())?.action).toBe('join_token.made');

    const stranger = await rostrum('join-token', '--room', 'tea', '--member', 'nobody');
    expect(stranger).toMatchObject({ code: 1, out: '' });
    expect((await rostrum('host-link', '--room', '../x', '--member', 'hana')).code).toBe(1);
  });
});

describe('rostrum key', () => {
  it('makes a key of the platform, lets another take over, and ends it', async () => {
    const made = await rostrum('key', 'make', 'Back end', '--scope', 'rooms', '--days', '30');
    expect(made).toMatchObject({ code: 0, complaint: expect.stringContaining('shown once') });
    const secret = made.out.trim();
    const id = idInSecret(secret) ?? '';
    expect((await server.call('/rooms/none', { secret })).status).toBe(404);

    const listed = await rostrum('key', 'list');
    expect(listed.out).toMatch(new RegExp(`^${id}\tBack end\trooms\tuntil 20`, 'm'));
    const rotated = await rostrum('key', 'rotate', id, '--overlap', '1');
    const next = idInSecret(rotated.out.trim()) ?? '';
    expect(await rostrum('key', 'revoke', next)).toMatchObject({ code: 0 });
    expect(await lastAudit()).toMatchObject({
      action: 'platform_key.revoked',
      actor_ref: 'system',
      target_ref: `platform:${next}`,
    });
    expect((await server.call('/rooms/none', { secret: rotated.out.trim() })).status).toBe(401);
    const again = await rostrum('key', 'revoke', next);
    expect(again).toMatchObject({ code: 1, complaint: expect.stringContaining('has ended') });
  });
});

describe('rostrum, for the configuration', () => {
  it('makes a platform key whose secret the printed line verifies', async () => {
    const made = await rostrum('key', 'platform', 'main', '--scope', 'events', '--scope', 'rooms');
    const line = /main:sha256-[0-9a-f]{64}:events\+rooms/.exec(made.out)?.[0] ?? '';
    const secret = /token: +([\w-]{43})/.exec(made.out)?.[1] ?? '';
    const [written, plain] = [line, `main:${secret}:events`].map(parsePlatformKeys);
    expect(written?.problems).toEqual([]);
    expect(written?.keys[0]?.hash).toEqual(plain?.keys[0]?.hash);
    expect(await lastAudit()).toMatchObject({
      action: 'platform_key.made',
      target_ref: 'platform:main',
    });
    const { findings } = await verifyDatabase(base.ownerUrl, NO_POLICY);
    expect(findings.filter(({ what }) => what.includes('platform:main'))).toEqual([]);
  });

  it('migrates with the owner only, and says when there is nothing to do', async () => {
    expect(await rostrum('migrate')).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('DATABASE_OWNER_URL'),
    });
    const owner = { DATABASE_URL: base.appUrl, DATABASE_OWNER_URL: base.ownerUrl };
    const migrated = await runCommand(['migrate'], owner);
    expect(migrated).toMatchObject({ code: 0, out: 'Up to date.\n' });
  });

  it('says what is wrong with the configuration, and stops', async () => {
    const wrong = await runProgram('server/cli/rostrum.ts', ['operator', 'list'], {
      DATABASE_URL: 'postgres:///rostrum',
    });
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.complaint).toContain('DATABASE_URL');
  });
});
