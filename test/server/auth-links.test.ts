import { describe, expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { linkHost } from '#server/auth/host-links.ts';
import { redeemLink } from '#server/auth/links.ts';
import { addOperator, disableOperator, linkOperator } from '#server/auth/operators.ts';
import { endSession, readSession } from '#server/auth/sessions.ts';
import { hashToken, makeToken } from '#server/auth/token.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { profileOf } from '#test/support/rostrum.ts';

const base = useDatabase();
const limits = { idleMinutes: 60, maxHours: 2 };
let made = 0;

async function operator(roles: ('moderator' | 'lead' | 'auditor' | 'admin')[] = ['moderator']) {
  const name = `Operator ${++made}`;
  const added = await addOperator(base.db, 'system', { name, roles, minutes: 15 });
  if (!added.ok) throw new Error(added.why);
  return { name, ...added };
}

async function signedIn() {
  const who = await operator();
  const redeemed = await redeemLink(base.db, who.token, limits);
  if (!redeemed) throw new Error('not redeemed');
  return { who, token: redeemed.token };
}

const audit = (target: string) => base.db.sql`
  select action, outcome, actor_ref from audit.event where target_ref = ${target} order by event_id`;

describe('a one-time link', () => {
  it('signs in once, on the record', async () => {
    const who = await operator();
    const redeemed = await redeemLink(base.db, who.token, limits);
    expect(redeemed?.landing).toBe('/rooms');
    const session = await readSession(base.db, redeemed?.token ?? null, limits);
    expect(session?.viewer).toEqual({
      kind: 'operator',
      name: who.name,
      roles: ['moderator'],
      room: null,
    });
    expect(await redeemLink(base.db, who.token, limits)).toBeNull();
    const ref = `operator:${who.id}`;
    expect(await audit(ref)).toEqual([
      { action: 'operator.added', outcome: 'accepted', actor_ref: 'system' },
      { action: 'sign_in_link.created', outcome: 'accepted', actor_ref: 'system' },
      { action: 'session.started', outcome: 'accepted', actor_ref: ref },
      { action: 'sign_in.failed', outcome: 'refused', actor_ref: 'unknown' },
    ]);
  });

  it('signs in one of many who try at the same moment', async () => {
    const { token } = await operator();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => redeemLink(base.db, token, limits)),
    );
    expect(all.filter((one) => one !== null)).toHaveLength(1);
  });

  it('is refused when it has expired', async () => {
    const { id, token } = await operator();
    await asOwner(
      base,
      (sql) => sql`
      update sign_in_link set expires_at = now() - interval '1 second' where operator_id = ${id}`,
    );
    expect(await redeemLink(base.db, token, limits)).toBeNull();
    expect((await audit(`operator:${id}`)).at(-1)?.action).toBe('sign_in.failed');
  });

  it('is refused when its operator has been disabled, and so is a new one', async () => {
    const { name, token } = await operator();
    expect((await disableOperator(base.db, 'system', name)).ok).toBe(true);
    expect(await redeemLink(base.db, token, limits)).toBeNull();
    expect(await linkOperator(base.db, 'system', { name, minutes: 5 })).toEqual({
      ok: false,
      why: 'already_disabled',
    });
  });

  it.each([
    ['nothing', ''],
    ['a guess', makeToken()],
    ['an object', { token: 'x' }],
    ['NUL', '\u0000'.repeat(43)],
    ['half a megabyte', 'x'.repeat(500_000)],
    ['its own hash', hashToken(makeToken())],
  ])('is not %s', async (_, token) => {
    expect(await redeemLink(base.db, token, limits)).toBeNull();
  });

  it('is kept as a hash only', async () => {
    const { token } = await operator();
    const rows = await base.db.sql`select token_hash from sign_in_link`;
    expect(rows.map((row) => row.token_hash)).toContain(hashToken(token));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('leads a host to their one room', async () => {
    const app = buildApp(base.db);
    await app.open({ id: 'tea', title: 'Tea', language: 'en' }, 'platform:test');
    const what = {
      kind: 'join' as const,
      role: 'host' as const,
      via: 'platform' as const,
      cohort: null,
      profile: { ...profileOf('hana'), inviter: null },
    };
    await app.enter('tea', { member: 'hana', actor: 'platform:test', what });
    const asked = { room: 'tea', member: 'hana', minutes: 10 };
    const linked = await linkHost(base.db, 'system', asked);
    const token = linked.ok ? linked.token : '';
    const redeemed = await redeemLink(base.db, token, limits);
    expect(redeemed?.landing).toBe('/rooms/tea');
    const session = await readSession(base.db, redeemed?.token ?? null, limits);
    expect(session?.actor).toEqual({ kind: 'member', id: 'hana', room: 'tea' });
    expect(session?.viewer).toMatchObject({ kind: 'host', name: 'Name of hana', room: 'tea' });

    const strange = await linkHost(base.db, 'system', { ...asked, member: 'nobody' });
    expect(strange).toEqual({ ok: false, why: 'member_not_found' });
    const nowhere = await linkHost(base.db, 'system', { ...asked, room: 'nowhere' });
    expect(nowhere).toEqual({ ok: false, why: 'room_not_found' });
  });
});

describe('a session', () => {
  it('ends when its holder signs out', async () => {
    const { who, token } = await signedIn();
    await endSession(base.db, token);
    expect(await readSession(base.db, token, limits)).toBeNull();
    expect((await audit(`operator:${who.id}`)).at(-1)?.action).toBe('session.ended');
    await endSession(base.db, token);
    expect(await audit(`operator:${who.id}`)).toHaveLength(4);
  });

  it('ends when its operator is disabled', async () => {
    const { who, token } = await signedIn();
    expect(await disableOperator(base.db, 'system', who.name)).toEqual({ ok: true, sessions: 1 });
    expect(await readSession(base.db, token, limits)).toBeNull();
  });

  it('ends when it was idle for too long, and at its absolute limit however busy', async () => {
    const { token } = await signedIn();
    const hash = hashToken(token);
    const shift = (minutes: number) =>
      asOwner(
        base,
        (sql) => sql`
        update session set created_at = created_at - make_interval(mins => ${minutes}),
          seen_at = seen_at - make_interval(mins => ${minutes}),
          expires_at = expires_at - make_interval(mins => ${minutes})
        where token_hash = ${hash}`,
      );
    await shift(50);
    expect(await readSession(base.db, token, limits)).not.toBeNull();
    const [row] = await base.db.sql`
      select expires_at > now() + interval '59 minutes' as moved from session
      where token_hash = ${hash}`;
    expect(row?.moved).toBe(true);
    await shift(50);
    expect(await readSession(base.db, token, limits)).not.toBeNull();
    // 100 minutes old and used just now: twenty minutes of its two hours are left.
    await shift(21);
    expect(await readSession(base.db, token, limits)).toBeNull();
  });

  it('is noted as used at most once a minute', async () => {
    const { token } = await signedIn();
    const seen = () =>
      base.db.sql`select seen_at from session where token_hash = ${hashToken(token)}`;
    const [before] = await seen();
    await readSession(base.db, token, limits);
    expect((await seen())[0]).toEqual(before);
  });
});

describe('operators', () => {
  it('have names of their own, in any case of letters', async () => {
    const { name } = await operator();
    const taken = { name: name.toUpperCase(), roles: ['lead'] as const, minutes: 5 };
    expect(await addOperator(base.db, 'system', taken)).toEqual({ ok: false, why: 'name_taken' });
  });

  it('keep a last admin, also when two are disabled at once', async () => {
    const [a, b] = [await operator(['admin']), await operator(['admin'])];
    const answers = await Promise.all(
      [a, b].map(({ name }) => disableOperator(base.db, 'system', name)),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers).toContainEqual({ ok: false, why: 'last_admin' });
  });
});
