import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { hashToken } from '#server/auth/token.ts';
import { useConsoles, watching } from '#test/support/consoles.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, joining, openRoomWith } from '#test/support/rooms.ts';
import { type ConsoleClient, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);
const { signIn, signInHost } = useConsoles(base, server);

describe('the right to watch', () => {
  it('is that of moderators and leads, and of hosts for their own room', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', bob: 'listener' });
    const elsewhere = await openRoomWith(base.db, { hoster: 'host' });
    const auditor = await signIn(['auditor', 'admin']);
    const host = await signInHost(room, 'hoster');
    const listener = await signInHost(room, 'bob');
    const ask = async (socket: ConsoleClient, id: string) =>
      socket.emitWithAck('room:watch', { room: id, since: null });

    expect(await ask(auditor.socket, room)).toMatchObject({ reason: 'forbidden' });
    expect(await auditor.socket.emitWithAck('rooms:watch')).toMatchObject({ reason: 'forbidden' });
    expect(await ask(host.socket, room)).toMatchObject({ ok: true });
    expect(await ask(host.socket, elsewhere)).toMatchObject({ reason: 'forbidden' });
    expect(await ask(listener.socket, room)).toMatchObject({ reason: 'forbidden' });
    expect(await ask((await signIn()).socket, 'nowhere')).toMatchObject({
      reason: 'room_not_found',
    });
    for (const event of ['room:aside', 'room:catch_up'] as const) {
      const input = event === 'room:aside' ? { room } : { room, since: 0 };
      const answer = await (
        auditor.socket as never as {
          emitWithAck(name: string, input: object): Promise<object>;
        }
      ).emitWithAck(event, input);
      expect(answer).toMatchObject({ reason: 'forbidden' });
    }
  });

  it('needs a session and a page of our own', async () => {
    await expect(server.console('stranger=1')).rejects.toMatchObject({ message: 'forbidden' });
    const { cookie } = await signIn();
    const foreign = { extraHeaders: { cookie, origin: 'https://elsewhere.example' } };
    await expect(server.console(cookie, foreign)).rejects.toMatchObject({ message: 'forbidden' });
  });

  it('ends at once when a room moderator is demoted, before the others hear of it', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host', mod: 'moderator' });
    const { socket } = await signInHost(room, 'mod');
    await watching(socket, room);
    let frames = 0;
    socket.on('room:frame', () => frames++);
    const { actor } = await addOperator(base.db, ['lead']);

    const revoked = next(socket, 'room:revoked');
    const demote = { name: 'demote', member: 'mod', to: 'listener' };
    await server.app.act(actor, commandFor(room, demote));

    expect(await revoked).toEqual([room, 'forbidden']);
    await server.app.enter(room, joining('amy'));
    const again = await socket.emitWithAck('room:watch', { room, since: null });
    expect(again).toMatchObject({ reason: 'forbidden' });
    expect(frames).toBe(0);
  });

  it('ends within seconds of an operator losing the role, whichever process took it', async () => {
    const room = await openRoomWith(base.db, { hoster: 'host' });
    const { socket, id, ref } = await signIn();
    await watching(socket, room);
    const revoked = new Promise((resolve) =>
      socket.once('room:revoked', (...told) => resolve(told)),
    );
    await base.db.sql.begin(async (tx) => {
      await tx`update operator set roles = '{auditor}' where id = ${id}`;
      await appendAudit(tx, [
        {
          action: 'operator.role_revoked',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target_type: 'operator',
          target: ref,
        },
      ]);
    });

    expect(await revoked).toEqual([room, 'forbidden']);
  });

  it('ends with the session, told or not', async () => {
    const told = await signIn();
    const heard = next(told.socket, 'session:ended');
    const closed = next(told.socket, 'disconnect');
    server.sockets.endSession(told.hash);
    await heard;
    await closed;

    // As the command line does it, or a process that this one hears nothing of.
    const untold = await signIn();
    const gone = next(untold.socket, 'disconnect');
    await changeSession(untold, (tx) => [
      tx`update session set ended_at = now() where token_hash = ${untold.hash}`,
    ]);
    const acknowledged = performance.now();
    await gone;
    expect(performance.now() - acknowledged).toBeLessThan(1_000);
  });

  it('goes on with the session that took over from its own, and ends with it', async () => {
    for (const isTold of [true, false]) {
      const { socket, hash, ...who } = await signIn();
      const renewed = hashToken(randomUUID());
      await changeSession(who, (tx) => [
        tx`insert into session (token_hash, operator_id, expires_at)
          values (${renewed}, ${who.id}, now() + interval '1 hour')`,
        tx`update session set ended_at = now(), replaced_by = ${renewed} where token_hash = ${hash}`,
      ]);
      if (isTold) server.sockets.moveSession(hash, renewed);
      await sleep(1_200);
      expect([isTold, socket.connected]).toEqual([isTold, true]);
      const gone = next(socket, 'disconnect');
      server.sockets.endSession(renewed);
      await gone;
    }
  });
});

it('has a session’s sockets come again once another took over from it, told or not', async () => {
  await Promise.all(
    [true, false].map(async (isTold) => {
      const { socket, hash, ...who } = await signIn();
      const renewed = hashToken(randomUUID());
      let heard = false;
      socket.on('session:ended', () => {
        heard = true;
      });
      await changeSession(who, (tx) => [
        tx`insert into session (token_hash, operator_id, expires_at)
          values (${renewed}, ${who.id}, now() + interval '1 hour')`,
        tx`update session set ended_at = now(), replaced_by = ${renewed} where token_hash = ${hash}`,
      ]);
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      if (isTold) server.sockets.moveSession(hash, renewed);
      // For a client this is a lost connection: it comes back by itself, with the cookie it has then.
      expect(await gone).toBe('transport close');
      expect(heard).toBe(false);
    }),
  );
});

/** Changes sessions of somebody, on the record. */
function changeSession(
  { ref }: { ref: string },
  statements: (tx: Transaction) => Promise<unknown>[],
) {
  return base.db.begin(async (tx) => {
    await appendAudit(tx, [
      {
        action: 'session.ended',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: ref,
        target_type: 'operator',
        target: ref,
      },
    ]);
    for (const statement of statements(tx)) await statement;
  });
}
