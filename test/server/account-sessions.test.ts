import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lockAccount } from '#server/auth/accounts.ts';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { changePassword, renewRecoveryCodes } from '#server/auth/own-account.ts';
import { proveAgain } from '#server/auth/prove-again.ts';
import { enrolCodes, giveCode } from '#server/auth/second-factor.ts';
import { endOtherSessions, endSessionById, listSessions } from '#server/auth/session-list.ts';
import { endSession, readHeldSession } from '#server/auth/sessions.ts';
import { hashToken, makeToken } from '#server/auth/token.ts';
import {
  addAccount,
  codeOf,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, ended, accounts, actions, addLead, signIn } = useAccounts();

const rowsOf = (id: string) => base.db.sql`select * from session where operator_id = ${id}`;

describe('a token', () => {
  it('known before a sign-in is worth nothing after it, whoever had it', async () => {
    const [attacker, victim] = [await addAccount(accounts), await addAccount(accounts)];
    const planted = visitor(attacker.token);
    const { token } = mustEnter(await signIn(victim.name, PASSWORD, planted));
    expect(token).not.toBe(attacker.token);
    expect(await readHeldSession(base.db, attacker.token, accounts.limits)).toBeNull();
    expect((await heldBy(accounts, token)).ref).toBe(victim.ref);
    expect(ended).toContain(hashToken(attacker.token));
  });

  it('lasts a quarter of an hour while a second factor is owed', async () => {
    const lead = await addLead();
    const { token } = mustEnter(await signIn(lead.name));
    const [row] = await base.db.sql`
      select expires_at between now() + interval '14 minutes' and now() + interval '15 minutes' as short
      from session where token_hash = ${hashToken(token)}`;
    expect(row?.short).toBe(true);
  });
});

describe('proof of late', () => {
  it('runs out after ten minutes, and comes back by the password', async () => {
    const who = await addAccount(accounts);
    await asOwner(base, async (sql) => {
      await sql`alter table session disable trigger all`;
      await sql`update session set proven_at = now() - interval '11 minutes'
        where token_hash = ${hashToken(who.token)}`;
      await sql`alter table session enable trigger all`;
    });
    const held = await heldBy(accounts, who.token);
    expect(held.isRecent).toBe(false);
    const [before] = await rowsOf(who.id);
    const prove = (password: string) =>
      proveAgain(accounts, visitor(who.token), held, { password });
    expect(await prove('wrong')).toMatchObject({ reason: 'wrong' });
    expect((await heldBy(accounts, who.token)).isRecent).toBe(false);
    const proven = await prove(PASSWORD);
    const token = proven.ok ? proven.token : '';
    const renewed = await heldBy(accounts, token);
    expect(renewed).toMatchObject({ isRecent: true, ref: who.ref });
    expect((await actions(who.ref)).slice(-4)).toEqual([
      'sign_in.failed',
      'session.proven',
      'session.ended',
      'session.started',
    ]);
    // The same session: it began when it began, and ends when it ends.
    const after = (await rowsOf(who.id)).find(({ ended_at }) => ended_at === null);
    for (const kept of ['created_at', 'expires_at', 'strength', 'browser']) {
      expect([kept, after?.[kept]]).toEqual([kept, before?.[kept]]);
    }
  });

  it('is worth nothing to who took the token before it', async () => {
    const who = await addAccount(accounts);
    const held = await heldBy(accounts, who.token);
    const moved: string[][] = [];
    const moving = { ...accounts, moveSockets: (...hashes: string[]) => void moved.push(hashes) };
    const proof = { password: PASSWORD };
    const proven = await proveAgain(moving, visitor(who.token), held, proof);
    const token = proven.ok ? proven.token : '';
    expect(await readHeldSession(base.db, who.token, accounts.limits)).toBeNull();
    expect((await heldBy(accounts, token)).isRecent).toBe(true);
    // The sockets come again with the new one.
    expect(moved).toEqual([[held.id, hashToken(token)]]);
    expect(ended).not.toContain(held.id);
    expect(await proveAgain(moving, visitor(who.token), held, proof)).toMatchObject({
      reason: 'forbidden',
    });
  });
});

describe('sessions', () => {
  it('are listed for their owner and ended by them, by a lead, and by nobody else', async () => {
    const [owner, lead, stranger] = [
      await addAccount(accounts),
      await addLead(),
      await addAccount(accounts),
    ];
    const more = await Promise.all([1, 2, 3].map(() => signIn(owner.name)));
    const ids = more.map((each) => hashToken(mustEnter(each).token));
    const [own, theirs, strange] = await Promise.all(
      [owner, lead, stranger].map(({ token }) => heldBy(accounts, token)),
    );
    if (!own || !theirs || !strange) throw new Error('unreachable');
    const listed = await listSessions(base.db.orm, [owner.id], own.id);
    expect(listed).toHaveLength(4);
    expect(listed.filter(({ isThisOne }) => isThisOne)).toMatchObject([{ browser: 'firefox' }]);
    const end = (who: typeof own, id = '') => endSessionById(accounts, who, id);
    expect(await end(strange, ids[0])).toEqual({ ok: false, reason: 'forbidden' });
    expect(await end(strange, makeToken())).toEqual({ ok: false, reason: 'forbidden' });
    expect(await end(own, ids[0])).toEqual({ ok: true });
    expect(await end(theirs, ids[1])).toEqual({ ok: true });
    expect(await end(theirs, ids[1])).toEqual({ ok: false, reason: 'not_found' });
    expect(ended).toEqual(expect.arrayContaining([ids[0], ids[1]]));
    await endOtherSessions(accounts, own);
    expect(await listSessions(base.db.orm, [owner.id], own.id)).toHaveLength(1);
  });

  it('are ended by whoever saw them listed, though a proof has renewed them since', async () => {
    const [owner, lead] = [await addAccount(accounts), await addLead()];
    const listed = await heldBy(accounts, owner.token);
    let { token } = owner;
    for (let n = 0; n < 2; n++) {
      const held = await heldBy(accounts, token);
      const proven = await proveAgain(accounts, visitor(token), held, { password: PASSWORD });
      token = proven.ok ? proven.token : '';
    }
    const asker = await heldBy(accounts, lead.token);
    expect(await endSessionById(accounts, asker, listed.id)).toEqual({ ok: true });
    expect(await readHeldSession(base.db, token, accounts.limits)).toBeNull();
    expect(ended).toEqual(expect.arrayContaining([listed.id, hashToken(token)]));
  });

  it('are not renewed while somebody ends those of the account', async () => {
    const who = await addAccount(accounts);
    const held = await heldBy(accounts, who.token);
    let proving: ReturnType<typeof proveAgain> | undefined;
    let isDone = false;
    await base.db.begin(async (tx) => {
      await lockAccount(tx, who.id);
      proving = proveAgain(accounts, visitor(who.token), held, { password: PASSWORD });
      void proving.then(() => {
        isDone = true;
      });
      await sleep(500);
      expect(isDone).toBe(false);
    });
    expect(await proving).toMatchObject({ ok: true });
  });
});

describe('what was asked before a session was ended', () => {
  it('changes no credential after it, however long its hash took', async () => {
    const who = await addAccount(accounts);
    const thief = mustEnter(await signIn(who.name));
    const [own, stolen] = [await heldBy(accounts, who.token), await heldBy(accounts, thief.token)];
    const { hash } = accounts.hasher;
    const hasher = {
      ...accounts.hasher,
      async hash(password: string) {
        await endSessionById(accounts, own, stolen.id);
        return hash(password);
      },
    };
    const better = 'eleven green llamas polka';
    const slowed = { ...accounts, hasher };
    expect(await changePassword(slowed, stolen, better)).toMatchObject({ reason: 'forbidden' });
    expect(await renewRecoveryCodes(accounts, stolen)).toMatchObject({ reason: 'forbidden' });
    expect(await signIn(who.name)).toMatchObject({ ok: true });
  });

  it('takes no second factor after it', async () => {
    const lead = await addLead();
    const { token } = mustEnter(await signIn(lead.name));
    const half = await heldBy(accounts, token);
    await endOtherSessions(accounts, await heldBy(accounts, lead.token));
    expect(await giveCode(accounts, visitor(token), half, codeOf(lead.secret))).toMatchObject({
      reason: 'forbidden',
    });
    const who = await addAccount(accounts, ['lead']);
    const wanting = await heldBy(accounts, who.token);
    await endSession(base.db, who.token);
    const { secret, sealed } = offerCodes(accounts.key, who);
    const first = { sealed, code: codeOf(secret) };
    expect(await enrolCodes(accounts, visitor(), wanting, first)).toMatchObject({
      reason: 'forbidden',
    });
  });
});
