import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { PolicyAnswer } from '#app/domain/policies/view.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Asker } from '#server/operators/asker.ts';
import { publishPolicy, saveDraft } from '#server/policies/publish.ts';
import { readOffered, readPolicies } from '#server/policies/read-policies.ts';
import { execute } from '#server/rooms/execute.ts';
import { clauseOf } from '#test/support/clauses.ts';
import { publishClauses } from '#test/support/policies.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, asOwner, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const reason = 'Agreed by the team';

async function asker(...roles: OperatorRole[]): Promise<Asker & { id: string; name: string }> {
  const { actor, id, name } = await addOperator(base.db, roles);
  return { actor, id, name, isRecent: true };
}

const fieldsOf = (target: string, action: string) =>
  asOwner(base.ownerUrl, async (sql) => {
    const [event] = await sql`
      select e.outcome, e.actor_ref as actor, (
        select jsonb_object_agg(d.name, d.value::jsonb) from audit.disclosure d
        where d.event_id = e.event_id and d.name <> 'event') as fields
      from audit.event e where e.target_ref = ${target} and e.action = ${action}
      order by e.event_id desc limit 1`;
    return event;
  });
const revision = async () =>
  (await base.db.sql`select revision from policy_draft`)[0]?.revision ?? 0;
const reasonOf = (answer: PolicyAnswer) => (answer.ok ? 'ok' : answer.reason);

describe('a policy', () => {
  it('is refused when it is more than the record takes', async () => {
    const text = 'ئ'.repeat(1_900);
    const clauses = (many: number) =>
      Array.from({ length: many }, (_, n) => clauseOf(`c${n}`, { ug: { title: 'ق', text } }));
    const admin = await asker('admin');
    const save = (many: number) =>
      saveDraft(base.db, admin, { revision: 0, clauses: clauses(many) });
    expect(await save(17)).toEqual({ ok: false, reason: 'too_large' });
    expect(await save(41)).toEqual({ ok: false, reason: 'too_large' });
    expect(await save(15)).toMatchObject({ ok: true });
    await asOwner(base.ownerUrl, (sql) => sql`truncate policy_draft`);
  });

  it('is written as a draft and published with before and after, by an admin', async () => {
    const admin = await asker('admin');
    const spam = clauseOf('spam', { ug: { title: 'ئەخلەت', text: 'ياق' } });
    const first = [clauseOf('harassment'), spam];
    expect(await saveDraft(base.db, admin, { revision: 0, clauses: first })).toEqual({
      ok: true,
      revision: 1,
    });
    expect(await readOffered(base.db, { kind: 'host', room: 'tea' }, 'ug')).toEqual([]);
    expect(await publishPolicy(base.db, admin, { revision: 1, reason })).toEqual({
      ok: true,
      version: 1,
    });

    const second = [clauseOf('harassment'), clauseOf('spam')];
    await saveDraft(base.db, admin, { revision: 1, clauses: second });
    await publishPolicy(base.db, admin, { revision: 2, reason });
    expect(await fieldsOf('policy:2', 'policy.published')).toEqual({
      outcome: 'accepted',
      actor: `operator:${admin.id}`,
      fields: {
        reason,
        before: { harassment: first[0]?.words, spam: spam.words },
        after: { harassment: second[0]?.words, spam: second[1]?.words },
      },
    });
    // Of a draft, only what changed.
    expect((await fieldsOf('policy:draft', 'policy.drafted'))?.fields).toEqual({
      before: { spam: spam.words },
      after: { spam: second[1]?.words },
    });

    const page = await readPolicies(base.db, { kind: 'operator', roles: [] });
    expect(page?.draft).toBeNull();
    expect(page?.versions.map(({ version, publishedBy }) => [version, publishedBy])).toEqual([
      [2, admin.name],
      [1, admin.name],
    ]);
    expect(page?.versions[1]?.clauses).toEqual(first);
    expect(
      (await readPolicies(base.db, { kind: 'operator', roles: ['admin'] }))?.draft,
    ).toMatchObject({ revision: 2, savedBy: admin.name });
    expect(await readPolicies(base.db, { kind: 'host', room: 'tea' })).toBeNull();
    expect(await readOffered(base.db, { kind: 'nobody' }, 'en')).toBeNull();
  });

  it('is published as it was seen, and only when it says something new', async () => {
    const admin = await asker('admin');
    const now = await revision();
    const clauses = [clauseOf('raid')];
    await saveDraft(base.db, admin, { revision: now, clauses });
    const late = await saveDraft(base.db, admin, { revision: now, clauses: [clauseOf('mine')] });
    expect(reasonOf(late)).toBe('changed');
    expect(reasonOf(await publishPolicy(base.db, admin, { revision: now || 9, reason }))).toBe(
      'changed',
    );
    const publish = { revision: now + 1, reason };
    expect(reasonOf(await publishPolicy(base.db, admin, publish))).toBe('ok');
    expect(reasonOf(await publishPolicy(base.db, admin, publish))).toBe('unchanged');
    expect(reasonOf(await saveDraft(base.db, admin, { revision: now + 1, clauses }))).toBe(
      'unchanged',
    );
    await saveDraft(base.db, admin, { revision: now + 1, clauses: [] });
    expect(reasonOf(await publishPolicy(base.db, admin, { revision: now + 2, reason }))).toBe(
      'empty',
    );
  });

  it('takes clauses with English words and codes of their own, and nothing else', async () => {
    const admin = await asker('admin');
    const save = async (...clauses: unknown[]) =>
      reasonOf(await saveDraft(base.db, admin, { revision: await revision(), clauses }));
    expect(await save({ code: 'x', words: { ug: { title: 'a', text: 'b' } } })).toBe('invalid');
    expect(await save(clauseOf('x'), clauseOf('x'))).toBe('invalid');
    expect(await save(clauseOf('Two words'))).toBe('invalid');
    expect(await save({ ...clauseOf('x'), more: 1 })).toBe('invalid');
    expect(await save(clauseOf('x'))).toBe('ok');
  });

  it('is changed by admins only, who have proved lately who they are', async () => {
    const lead = await asker('lead', 'auditor', 'moderator');
    const stale = { ...(await asker('admin')), isRecent: false };
    const draft = { revision: await revision(), clauses: [clauseOf('seized')] };
    expect(reasonOf(await saveDraft(base.db, lead, draft))).toBe('forbidden');
    // Nothing rests on a draft, and what was written must not be lost.
    expect(reasonOf(await saveDraft(base.db, stale, draft))).toBe('ok');
    const publish = { revision: draft.revision + 1, reason };
    expect(reasonOf(await publishPolicy(base.db, lead, publish))).toBe('forbidden');
    expect(reasonOf(await publishPolicy(base.db, stale, publish))).toBe('reauthenticate');
    expect(await fieldsOf('policy:draft', 'policy.published')).toMatchObject({
      outcome: 'refused',
      actor: `operator:${stale.id}`,
      fields: { refusal: 'reauthenticate' },
    });
  });
});

describe('the database', () => {
  const entry = (action: string, target: string) => ({
    action,
    outcome: 'accepted' as const,
    occurred_at: Date.now(),
    actor: 'system',
    target_type: 'policy',
    target,
  });
  const insert = (version: number, ...events: [string, string][]) =>
    base.db.begin(async (tx) => {
      if (events.length > 0)
        await appendAudit(
          tx,
          events.map((event) => entry(...event)),
        );
      await tx`insert into policy_version (version, clauses) values (${version}, '[]')`;
    });

  it('takes no version without its event, nor out of order', async () => {
    const next = (await publishClauses(base.db, 'one', 'two')) + 1;
    await expect(insert(next)).rejects.toThrow('without policy.published');
    await expect(insert(next, ['policy.drafted', `policy:${next}`])).rejects.toThrow('without');
    await expect(insert(next, ['policy.published', `policy:${next - 1}`])).rejects.toThrow(
      'without',
    );
    for (const other of [next - 1, next + 1]) {
      const wrong = insert(other, ['policy.published', `policy:${other}`]);
      await expect(wrong).rejects.toThrow('does not follow');
    }
    const quiet = base.db.sql`update policy_draft set revision = revision + 1, clauses = '[]'`;
    await expect(quiet).rejects.toThrow('without policy.drafted');
  });

  it('lets nobody change what was published', async () => {
    await publishClauses(base.db, 'kept');
    const { sql } = base.db;
    for (const attempt of [
      sql`update policy_version set clauses = '[]'`,
      sql`delete from policy_version`,
      sql`truncate policy_version`,
      sql`delete from policy_draft`,
    ]) {
      await expect(attempt).rejects.toThrow('permission denied');
    }
    await asOwner(base.ownerUrl, async (owner) => {
      await expect(owner`update policy_version set clauses = '[]'`).rejects.toThrow(
        'stays as it is',
      );
      await expect(owner`delete from policy_version`).rejects.toThrow('stays as it is');
      await expect(owner`truncate policy_version`).rejects.toThrow('stays as it is');
    });
  });
});

describe('an act', () => {
  it('names a clause of the current version, which is on its record', async () => {
    const version = await publishClauses(base.db, 'hate', 'threat');
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { bob: 'speaker', eve: 'speaker', kim: 'speaker' });
    const acts = [
      { name: 'mute', member: 'bob', policy: 'threat' },
      { name: 'remove', member: 'eve', policy: 'hate' },
      { name: 'demote', member: 'kim', to: 'listener', policy: 'hate' },
      { name: 'calm_room', minutes: 5, policy: 'threat' },
    ];
    for (const fields of acts) {
      const command = commandFor(room, fields);
      expect((await execute(base.db, actor, command)).answer).toMatchObject({ ok: true });
      const [row] = await asOwner(
        base.ownerUrl,
        (sql) => sql`
          select d.value::jsonb as value, d.subject_ref from audit.disclosure d
          join audit.event e using (event_id)
          where e.correlation_id = ${command.id} and d.name = 'policy'`,
      );
      expect(row).toEqual({ value: { code: fields.policy, version }, subject_ref: null });
    }
  });

  it('is refused when the current version has no such clause, after everything else', async () => {
    await publishClauses(base.db, 'newer');
    const { actor } = await addOperator(base.db, ['moderator']);
    const auditor = (await addOperator(base.db, ['auditor'])).actor;
    const room = await openRoomWith(base.db, { bob: 'speaker' });
    const mute = { name: 'mute', member: 'bob', policy: 'hate' };
    expect(await act(base.db, actor, room, mute)).toMatchObject({ reason: 'unknown_clause' });
    expect(await act(base.db, auditor, room, mute)).toMatchObject({ reason: 'forbidden' });
    const nobody = { ...mute, member: 'nobody' };
    expect(await act(base.db, actor, room, nobody)).toMatchObject({ reason: 'not_in_room' });
    const lock = { name: 'lock_room', policy: 'newer' };
    expect(await act(base.db, actor, room, lock)).toMatchObject({ reason: 'invalid' });
  });

  it('sends nothing more than before when it names none', async () => {
    await publishClauses(base.db, 'a', 'b');
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { bob: 'speaker', eve: 'speaker' });
    await asOwner(base.ownerUrl, (sql) => sql`revoke select on policy_version from rostrum_app`);
    try {
      const mute = { name: 'mute', member: 'bob' };
      expect(await act(base.db, actor, room, mute)).toMatchObject({ ok: true });
      const cited = act(base.db, actor, room, { name: 'mute', member: 'eve', policy: 'a' });
      await expect(cited).rejects.toThrow('permission denied');
    } finally {
      await asOwner(base.ownerUrl, (sql) => sql`grant select on policy_version to rostrum_app`);
    }
  });
});
