import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { inviteOperator } from '#server/auth/invite.ts';
import { readSession } from '#server/auth/sessions.ts';
import { markSeen, readRoleNews } from '#server/operators/role-news.ts';
import { useConsoles, watching } from '#test/support/consoles.ts';
import { addOperator, openRoomWith } from '#test/support/rooms.ts';
import { next, useServer } from '#test/support/server.ts';
import { useOperators } from '#test/support/use-operators.ts';

const { base, limits, signedIn, change, grant, revoke } = useOperators();

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

  it('is told like a grant when it is a new account', async () => {
    const [one, other] = [await signedIn('admin'), await signedIn('admin')];
    const asker = await readSession(base.db, one.token, limits);
    if (asker === null) throw new Error('unreachable');
    const roles: OperatorRole[] = ['moderator'];
    const invited = { name: 'Sock Puppet', roles, minutes: 5 };
    expect(await inviteOperator(base.db, asker, invited)).toMatchObject({ ok: true });
    expect((await readRoleNews(base.db, other.id))[0]).toMatchObject({
      change: 'added',
      roles,
      operatorName: 'Sock Puppet',
      byName: one.name,
    });
    expect(await readRoleNews(base.db, one.id)).toEqual([]);
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
