import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReadsQuery } from '#app/domain/audit/view.ts';
import { requestAccess, reveal } from '#server/audit/access.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { readEvent } from '#server/audit/read-event.ts';
import { readFields } from '#server/audit/read-fields.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { readReads } from '#server/audit/read-reads.ts';
import { reportEntries } from '#server/audit/report-entries.ts';
import { disableOperator } from '#server/auth/operators.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

const base = useDatabase();
type Operator = Extract<Actor, { kind: 'operator' }>;
let lead: Operator;
let auditor: Operator;
let moderator: Operator;
let report: string;
const reporter = `member:${randomUUID()}`;

beforeAll(async () => {
  const add = async (role: 'lead' | 'auditor' | 'moderator') =>
    (await addOperator(base.db, [role])).actor as Operator;
  [lead, auditor, moderator] = [await add('lead'), await add('auditor'), await add('moderator')];
});

beforeEach(async () => {
  const filed = {
    reportId: randomUUID(),
    room: 'tea',
    reporter,
    subject: `member:${randomUUID()}`,
    category: 'hate',
    words: { text: 'Look at them' },
    pins: false,
    at: Date.now(),
  };
  const why = [{ name: 'reason', value: 'heard it myself', subject: reporter }];
  const [id] = await base.db.begin((tx) => appendAudit(tx, reportEntries(filed, why)));
  report = id ?? '';
});

const asked = (more: object = {}) => ({
  event: report,
  fields: ['reporter'],
  purpose: 'case',
  why: 'The subject threatens whoever reported them',
  ...more,
});

const ask = async (who: Actor = lead, more: object = {}) => {
  const answer = await requestAccess(base.db, who, asked(more));
  if (!answer.ok) throw new Error(answer.reason);
  return answer.access;
};

describe('sealed fields', () => {
  it('come without value, subject and salt, and their words are not searched', async () => {
    const fields = (await readFields(base.db.sql, [report])).get(report) ?? [];
    const [event] = await asOwner(
      base,
      (sql) => sql`
      select * from audit.disclosure where event_id = ${report} and name = 'reporter'`,
    );
    const sealed = fields.filter((field) => field.sealed);
    expect(sealed.map(({ name }) => name)).toEqual(['reason', 'reporter', 'reporter_words']);
    for (const field of sealed) {
      expect(field).toMatchObject({ value: null, text: null, subject: null, salt: null });
      expect(field.digest).toHaveLength(32);
    }
    expect(fields.find(({ name }) => name === 'category')).toMatchObject({ value: 'hate' });
    const shown = JSON.stringify([
      fields,
      await readEvent(base.db, report),
      await readAuditList(base.db, { action: 'report' }),
    ]);
    expect(shown).not.toContain(reporter);
    expect(shown).not.toContain('heard');
    expect(event?.value).toContain(reporter);
    expect((await readAuditList(base.db, { words: 'heard' })).rows).toEqual([]);
  });

  it('are shown once, to who asked, and it is on the log twice', async () => {
    const access = await ask(lead, { fields: ['reporter', 'reason'], case: 'case:7' });
    expect(await reveal(base.db, auditor, access)).toEqual({ ok: false, reason: 'forbidden' });
    expect(await reveal(base.db, lead, access)).toEqual({
      ok: true,
      values: [
        { name: 'reason', value: 'heard it myself' },
        { name: 'reporter', value: reporter },
      ],
    });
    expect(await reveal(base.db, lead, access)).toEqual({ ok: false, reason: 'already_shown' });
    const { rows } = await readAuditList(base.db, { action: 'disclosure.requested' });
    expect(rows[0]).toMatchObject({
      actorRef: `operator:${lead.id}`,
      targetRef: `event:${report}`,
      case: 'case:7',
      outcome: 'accepted',
      reason: asked().why,
    });
    const reads = await readReads(base.db, auditor.id, {});
    expect(reads?.rows[0]).toEqual({
      id: access,
      at: expect.stringMatching(/Z$/),
      actorRef: `operator:${lead.id}`,
      actorName: rows[0]?.actorName,
      subjectRef: expect.stringMatching(/^report:/),
      subjectName: null,
      eventId: report,
      action: 'report.filed',
      fields: ['reason', 'reporter'],
      purpose: 'case',
      why: asked().why,
      case: 'case:7',
      releasedAt: expect.stringMatching(/Z$/),
    });
  });

  it('of two who press at once, one sees it', async () => {
    const access = await ask();
    const both = await Promise.all([1, 2, 3].map(() => reveal(base.db, lead, access)));
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both).toContainEqual({ ok: false, reason: 'already_shown' });
  });

  it('stay sealed after a minute', async () => {
    const access = await ask();
    const age = (seconds: number) =>
      asOwner(base, async (sql) => {
        await sql`alter table audit.access disable trigger only_released`;
        await sql`update audit.access set at = now() - make_interval(secs => ${seconds}) where access_id = ${access}`;
        await sql`alter table audit.access enable always trigger only_released`;
      });
    await age(61);
    expect(await reveal(base.db, lead, access)).toEqual({ ok: false, reason: 'expired' });
    await age(50);
    expect(await reveal(base.db, lead, access)).toMatchObject({ ok: true });
  });

  it('are for leads and auditors, while they are', async () => {
    expect(await ask(auditor)).toMatch(/^[0-9a-f-]{36}$/);
    const forbidden = { ok: false, reason: 'forbidden' };
    expect(await requestAccess(base.db, moderator, asked())).toEqual(forbidden);
    const member = { kind: 'member', id: 'm', room: 'tea' } as const;
    expect(await requestAccess(base.db, member, asked())).toEqual(forbidden);
    expect(await reveal(base.db, member, randomUUID())).toEqual(forbidden);
    expect(await readReads(base.db, moderator.id, {})).toBeNull();
    const { rows } = await readAuditList(base.db, { action: 'disclosure', outcome: 'refused' });
    expect(rows.map(({ actorRef }) => actorRef)).toEqual([`operator:${moderator.id}`]);

    const { actor } = await addOperator(base.db, ['lead']);
    const gone = actor as Operator;
    const access = await ask(gone);
    const [row] = await base.db.sql`select name from operator where id = ${gone.id}`;
    await disableOperator(base.db, 'system', row?.name);
    expect(await reveal(base.db, gone, access)).toEqual(forbidden);
    expect(await requestAccess(base.db, gone, asked())).toEqual(forbidden);
  });

  it.each([
    ['another event', { event: randomUUID() }, 'event_not_found'],
    ['no such field', { fields: ['reporter', 'shoe_size'] }, 'no_such_field'],
    ['what is plain anyway', { fields: ['category'] }, 'no_such_field'],
    ['no field', { fields: [] }, 'invalid'],
    ['an unknown purpose', { purpose: 'curiosity' }, 'invalid'],
    ['no reason', { why: '  ' }, 'invalid'],
    ['half a character', { why: 'x\ud800' }, 'invalid'],
    ['NUL', { why: 'x\0' }, 'invalid'],
    ['a reason too long', { why: 'x'.repeat(501) }, 'invalid'],
    ['a case with spaces', { case: 'a b' }, 'invalid'],
    ['no event', { event: 'x' }, 'invalid'],
    ['something else', { extra: 1 }, 'invalid'],
  ])('asking for %s is refused', async (_, more, reason) => {
    expect(await requestAccess(base.db, lead, asked(more))).toEqual({ ok: false, reason });
  });

  it('asking takes at most 500 characters', async () => {
    expect(await requestAccess(base.db, lead, asked({ why: '字'.repeat(500) }))).toMatchObject({
      ok: true,
    });
    expect(await requestAccess(base.db, lead, 'x')).toEqual({ ok: false, reason: 'invalid' });
    expect(await reveal(base.db, lead, 'x')).toEqual({ ok: false, reason: 'invalid' });
    expect(await reveal(base.db, lead, randomUUID())).toEqual({ ok: false, reason: 'forbidden' });
  });
});

describe('the log of reads', () => {
  it('is narrowed and paged', async () => {
    const { actor } = await addOperator(base.db, ['auditor']);
    const busy = actor as Operator;
    const made: string[] = [];
    for (let n = 0; n < 53; n++) {
      made.push(await ask(busy, { purpose: n % 2 ? 'audit' : 'legal', case: `c${n % 3}` }));
    }
    await reveal(base.db, busy, made[52]);
    const ids = async (query: ReadsQuery) =>
      (await readReads(base.db, lead.id, { actor: `operator:${busy.id}`, ...query }))?.rows.map(
        ({ id }) => id,
      );
    const newest = made.toReversed();
    const first = await readReads(base.db, lead.id, { actor: busy.id, event: report });
    expect(first?.rows).toEqual([]);
    const page = await readReads(base.db, lead.id, { event: report });
    expect(page?.rows.map(({ id }) => id)).toEqual(newest.slice(0, 50));
    expect(await ids({ before: page?.next ?? '' })).toEqual(newest.slice(50));
    expect(await ids({ released: 'yes' })).toEqual([made[52]]);
    expect(await ids({ released: 'no', purpose: 'legal', case: 'c1' })).toEqual(
      newest.filter((_, i) => i > 0 && (52 - i) % 2 === 0 && (52 - i) % 3 === 1),
    );
    expect(await ids({ from: new Date(Date.now() + 1_000).toISOString() })).toEqual([]);
    expect(await ids({ to: new Date(Date.now() + 1_000).toISOString() })).toHaveLength(50);
    expect(await ids({ subject: 'nobody' })).toEqual([]);
    expect(await ids({ case: 'x\0' })).toEqual([]);
    expect(await ids({ before: 'x' })).toEqual([]);
  });
});
