import { describe, expect, it } from 'vitest';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { readSession } from '#server/auth/sessions.ts';
import { hashToken } from '#server/auth/token.ts';
import type { Asker } from '#server/operators/asker.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { addOperator } from '#test/support/rooms.ts';
import { useOperators } from '#test/support/use-operators.ts';

const { base, limits, reason, signedIn, change, grant, revoke, rolesOf, newest } = useOperators();

describe('a role', () => {
  it('is given and taken by an admin, with the reason on the record', async () => {
    const admin = await signedIn('admin');
    const { id } = await addOperator(base.db, ['auditor']);
    expect(await grant(admin, id, 'moderator')).toEqual({ ok: true, sessions: 0 });
    expect(await rolesOf(id)).toEqual(['moderator', 'auditor']);
    expect(await newest(id)).toMatchObject({
      action: 'operator.role_granted',
      outcome: 'accepted',
      actor: `operator:${admin.id}`,
      fields: {
        before: { roles: ['auditor'] },
        after: { roles: ['moderator', 'auditor'] },
        reason,
      },
    });
    expect(await grant(admin, id, 'moderator')).toEqual({ ok: false, reason: 'role_held' });
    expect(await revoke(admin, id, 'auditor')).toMatchObject({ ok: true });
    expect(await rolesOf(id)).toEqual(['moderator']);
    expect(await revoke(admin, id, 'auditor')).toEqual({ ok: false, reason: 'role_not_held' });
  });

  it.each<[string, OperatorRole[]]>([
    ['nobody in particular', []],
    ['a moderator', ['moderator']],
    ['a lead', ['lead']],
    ['an auditor', ['auditor']],
    ['all of these', ['moderator', 'lead', 'auditor']],
  ])('is not given by %s, and the attempt is on the record', async (_, roles) => {
    const asker = await signedIn(...roles);
    const { id } = await addOperator(base.db, []);
    for (const role of OPERATOR_ROLES) {
      expect(await grant(asker, id, role)).toEqual({ ok: false, reason: 'forbidden' });
    }
    expect(await rolesOf(id)).toEqual([]);
    expect(await newest(id)).toMatchObject({
      action: 'operator.role_granted',
      outcome: 'refused',
      actor: `operator:${asker.id}`,
      fields: { refusal: 'forbidden' },
    });
  });

  it('is not given by a host, nor by an admin who has been disabled', async () => {
    const { id } = await addOperator(base.db, []);
    const host: Asker = { actor: { kind: 'member', id: 'hoster', room: 'tea' }, isRecent: true };
    expect(await grant(host, id, 'lead')).toEqual({ ok: false, reason: 'forbidden' });
    const [first, second] = [await signedIn('admin'), await signedIn('admin')];
    await change(first, { change: 'disable', operator: second.id });
    expect(await grant(second, id, 'lead')).toEqual({ ok: false, reason: 'forbidden' });
    expect(await rolesOf(id)).toEqual([]);
  });

  it('is never one’s own to change', async () => {
    const admin = await signedIn('admin');
    await signedIn('admin');
    for (const role of OPERATOR_ROLES) {
      expect(await grant(admin, admin.id, role)).toEqual({ ok: false, reason: 'yourself' });
      expect(await revoke(admin, admin.id, role)).toEqual({ ok: false, reason: 'yourself' });
    }
    expect(await change(admin, { change: 'disable', operator: admin.id })).toEqual({
      ok: false,
      reason: 'yourself',
    });
    expect(await rolesOf(admin.id)).toEqual(['admin']);
  });

  it('is not one’s own to change for the database either', async () => {
    const { id, actor } = await addOperator(base.db, ['admin']);
    const entry = {
      action: 'operator.role_granted',
      outcome: 'accepted' as const,
      occurred_at: Date.now(),
      target_type: 'operator',
      target: `operator:${id}`,
    };
    const write = (by: string) =>
      base.db.begin(async (tx) => {
        await appendAudit(tx, [{ ...entry, actor: by }]);
        await tx`update operator set roles = '{lead,admin}' where id = ${id}`;
      });
    await expect(write(`operator:${actor.id}`)).rejects.toThrow('nobody changes their own roles');
    await write('system');
  });

  it('needs that the admin has lately proven who they are', async () => {
    const admin = await signedIn('admin');
    const { id } = await addOperator(base.db, []);
    const read = () => readSession(base.db, admin.token, limits);
    expect(await grant((await read()) as Asker, id, 'lead')).toMatchObject({ ok: true });
    await ageProof(base, admin.id);
    expect(await grant((await read()) as Asker, id, 'admin')).toEqual({
      ok: false,
      reason: 'reauthenticate',
    });
    expect(await rolesOf(id)).toEqual(['lead']);
  });

  it.each<[string, object]>([
    ['a role that is none', { change: 'grant', role: 'owner' }],
    ['no reason', { change: 'grant', role: 'lead', reason: '  ' }],
    ['NUL in the reason', { change: 'grant', role: 'lead', reason: 'a\u0000b' }],
    ['an id that is none', { change: 'grant', role: 'lead', operator: 'x' }],
    ['an unknown field', { change: 'disable', force: true }],
    ['an unknown change', { change: 'crown' }],
  ])('is not changed by %s', async (_, what) => {
    const admin = await signedIn('admin');
    const { id } = await addOperator(base.db, []);
    expect(await change(admin, { operator: id, ...what })).toEqual({
      ok: false,
      reason: 'invalid',
    });
  });

  it('is not for someone who is not there', async () => {
    const admin = await signedIn('admin');
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await grant(admin, nobody, 'lead')).toEqual({ ok: false, reason: 'not_found' });
  });
});

describe('an account', () => {
  it('is disabled with all its sessions, and enabled without them', async () => {
    const [admin, lead] = [await signedIn('admin'), await signedIn('lead')];
    const disable = { change: 'disable', operator: lead.id };
    expect(await change(admin, disable)).toEqual({ ok: true, sessions: 1 });
    expect(await change(admin, disable)).toEqual({ ok: false, reason: 'already_disabled' });
    const enable = { change: 'enable', operator: lead.id };
    expect(await change(admin, enable)).toEqual({ ok: true, sessions: 0 });
    expect(await newest(lead.id)).toMatchObject({ action: 'operator.enabled' });
    expect(await change(admin, enable)).toEqual({ ok: false, reason: 'not_disabled' });
    const [row] = await base.db.sql`
      select ended_at is not null as ended from session where token_hash = ${hashToken(lead.token)}`;
    expect(row?.ended).toBe(true);
  });
});
