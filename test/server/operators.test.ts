import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { OPERATOR_ROLES, type OperatorRole } from '#app/domain/access/capabilities.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { readSession, startSession } from '#server/auth/sessions.ts';
import { hashToken } from '#server/auth/token.ts';
import { type Asker, COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { markSeen, readRoleNews } from '#server/operators/role-news.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { useConsoles, watching } from '#test/support/consoles.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, openRoomWith } from '#test/support/rooms.ts';
import { next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const limits = { idleMinutes: 60, maxHours: 2 };
const reason = 'Joins the night shift';

/** An operator who has just signed in. */
async function signedIn(...roles: OperatorRole[]) {
  const { id, name, actor } = await addOperator(base.db, roles);
  const token = await base.db.begin((tx) => startSession(tx, { kind: 'operator', id }, limits));
  return { actor, isRecent: true, token, id, name };
}

const change = (asker: Asker, what: object) => changeOperator(base.db, asker, { reason, ...what });
const grant = (asker: Asker, operator: string, role: OperatorRole) =>
  change(asker, { change: 'grant', operator, role });
const revoke = (asker: Asker, operator: string, role: OperatorRole) =>
  change(asker, { change: 'revoke', operator, role });

const rolesOf = async (id: string) =>
  (await base.db.sql`select roles from operator where id = ${id}`)[0]?.roles;
const newest = (id: string) =>
  asOwner(base.ownerUrl, async (sql) => {
    const [event] = await sql`
      select e.action, e.outcome, e.actor_ref as actor, (
        select jsonb_object_agg(d.name, d.value::jsonb) from audit.disclosure d
        where d.event_id = e.event_id) as fields
      from audit.event e where e.target_ref = ${`operator:${id}`}
      order by e.event_id desc limit 1`;
    return event;
  });

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

describe('the last admin', () => {
  const apart = useDatabase();
  const alone = async (...roles: OperatorRole[]) => ({
    ...(await addOperator(apart.db, roles)),
    isRecent: true,
  });
  const admins = async () =>
    (
      await apart.db.sql`
        select id from operator where disabled_at is null and 'admin' = any (roles)`
    ).length;

  it('stays when two admins remove each other at once, time and again', async () => {
    let [one, other] = [await alone('admin'), await alone('admin')];
    for (let round = 0; round < 10; round++) {
      const what = round % 2 === 0 ? { change: 'disable' } : { change: 'revoke', role: 'admin' };
      const answers = await Promise.all([
        changeOperator(apart.db, one, { ...what, operator: other.id, reason }),
        changeOperator(apart.db, other, { ...what, operator: one.id, reason }),
      ]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers).toContainEqual({ ok: false, reason: 'forbidden' });
      expect(await admins()).toBe(1);
      const left = answers[0]?.ok ? one : other;
      [one, other] = [left, await alone('admin')];
    }
    await changeOperator(apart.db, one, { change: 'disable', operator: other.id, reason });
  });

  it('stays against the command line, which may do everything else', async () => {
    const [row] = await apart.db.sql<{ id: string }[]>`
      select id from operator where disabled_at is null and 'admin' = any (roles)`;
    for (const what of [{ change: 'disable' }, { change: 'revoke', role: 'admin' }]) {
      const answer = await changeOperator(apart.db, COMMAND_LINE, {
        ...what,
        operator: row?.id,
        reason,
      });
      expect(answer).toEqual({ ok: false, reason: 'last_admin' });
    }
  });

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'stays for the database, whatever the application forgets (%s)',
    async (level) => {
      await alone('admin');
      const remove = (id: string) => {
        const sql = postgres(apart.appUrl, { max: 1, onnotice: () => {} });
        return sql
          .begin(`isolation level ${level}`, async (tx) => {
            await tx`select from operator`;
            await new Promise((resolve) => setTimeout(resolve, 50));
            await appendAudit(tx as never, [
              {
                action: 'operator.disabled',
                outcome: 'accepted',
                occurred_at: Date.now(),
                actor: 'system',
                target_type: 'operator',
                target: `operator:${id}`,
              },
            ]);
            await tx`update operator set disabled_at = now() where id = ${id}`;
          })
          .finally(() => sql.end());
      };
      const ids = await apart.db.sql<{ id: string }[]>`
        select id from operator where disabled_at is null and 'admin' = any (roles)`;
      expect(ids.length).toBeGreaterThan(1);
      const done = await Promise.allSettled(ids.map(({ id }) => remove(id)));
      expect(done.some(({ status }) => status === 'rejected')).toBe(true);
      expect(await admins()).toBeGreaterThan(0);
    },
  );
});

describe('what one admin does', () => {
  it('is told to every other admin until each has seen it, and to nobody else', async () => {
    const [one, other, lead] = [
      await signedIn('admin'),
      await signedIn('admin'),
      await signedIn('lead'),
    ];
    const { id, name } = await addOperator(base.db, ['moderator']);
    await grant(one, id, 'lead');
    const [told] = await readRoleNews(base.db, other.id);
    expect(told).toMatchObject({
      change: 'granted',
      roles: ['lead'],
      operatorName: name,
      byName: one.name,
    });
    expect(await readRoleNews(base.db, one.id)).toEqual([]);
    expect(await readRoleNews(base.db, lead.id)).toEqual([]);

    await markSeen(base.db, one.id, [told?.id ?? '']);
    expect(await readRoleNews(base.db, other.id)).toHaveLength(1);
    await markSeen(base.db, other.id, ['nonsense', told?.id ?? '']);
    expect(await readRoleNews(base.db, other.id)).toEqual([]);
    await expect(base.db.sql`delete from role_notice`).rejects.toThrow('permission denied');
  });

  it('is not told to someone who is an admin no more', async () => {
    const [one, other] = [await signedIn('admin'), await signedIn('admin')];
    const { id } = await addOperator(base.db, []);
    await grant(one, id, 'lead');
    await revoke(one, other.id, 'admin');
    expect(await readRoleNews(base.db, other.id)).toEqual([]);
  });
});

describe('a watch', () => {
  const server = useServer(base);
  const { signIn } = useConsoles(base, server);

  it.each<[string, OperatorRole[], object, boolean]>([
    [
      'goes on when a moderator becomes a lead too',
      ['moderator'],
      { change: 'grant', role: 'lead' },
      true,
    ],
    [
      'goes on when a lead becomes an admin too',
      ['lead'],
      { change: 'grant', role: 'admin' },
      true,
    ],
    [
      'goes on when one of two roles is left',
      ['moderator', 'lead'],
      { change: 'revoke', role: 'lead' },
      true,
    ],
    [
      'ends when a moderator is one no more',
      ['moderator'],
      { change: 'revoke', role: 'moderator' },
      false,
    ],
    [
      'ends when a lead is one no more',
      ['lead', 'auditor'],
      { change: 'revoke', role: 'lead' },
      false,
    ],
    [
      'ends when only an admin is left',
      ['lead', 'admin'],
      { change: 'revoke', role: 'lead' },
      false,
    ],
    ['ends when its operator is disabled', ['lead'], { change: 'disable' }, false],
  ])('%s', async (_, roles, what, goesOn) => {
    const admin = await signedIn('admin');
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const { socket, id } = await signIn(roles);
    await watching(socket, room);
    const ended = goesOn
      ? null
      : Promise.race([next(socket, 'room:revoked'), next(socket, 'session:ended')]);
    const told = performance.now();
    expect(await change(admin, { operator: id, ...what })).toMatchObject({ ok: true });
    server.sockets.operatorChanged(id);
    await ended;
    expect(performance.now() - told).toBeLessThan(2_000);
    const again = socket.connected
      ? await socket.emitWithAck('room:watch', { room, since: null })
      : { ok: false };
    expect(again.ok).toBe(goesOn);
  });
});
