import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { requestAccess, reveal } from '#server/audit/access.ts';
import { approveErasure, requestErasure } from '#server/audit/erase.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { listNew } from '#test/support/list-new.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { act, addOperator } from '#test/support/rooms.ts';
import { tamper } from '#test/support/tamper.ts';

// What the database keeps beside the log: who read what, who was erased, and what is searched.
let base: TestDatabase;
let log: LivedLog;

const check = () => verifyDatabase(base.ownerUrl, log.policy);

/** A report that was read, a member who was erased, and all of it listed. */
const lived = useLivedCopies(async (base, log) => {
  const [lead, admin] = [
    await addOperator(base.db, ['lead']),
    await addOperator(base.db, ['admin']),
  ];
  await act(base.db, lead.actor, log.room, {
    name: 'report',
    member: 'ana',
    category: 'hate',
    text: 'Look at them',
    from: 10,
    to: 20,
  });
  const event = await log.newest('report.filed');
  const ticket = await requestAccess(base.db, lead.actor, {
    event,
    fields: ['reporter'],
    purpose: 'audit',
    why: 'to see',
  });
  expect(await reveal(base.db, lead.actor, ticket.ok && ticket.access)).toMatchObject({ ok: true });
  await endRoom(base.db, log.room, 'platform:test');
  const eraser = openDb({ url: base.eraserUrl, max: 1 });
  const asked = await requestErasure(eraser.sql, { member: 'dia', basis: 'Art. 17', by: lead.id });
  await approveErasure(eraser.sql, { id: asked.ok ? asked.id : '', by: admin.id });
  await eraser.close();
  await log.sequence();
  await listNew(base);
});
beforeEach(() => {
  ({ base, log } = lived);
});

test('as it is, it is sound, also to a role that may only read', async () => {
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
  const reader = `verifier_${randomUUID().slice(0, 8)}`;
  const database = new URL(base.ownerUrl).pathname.slice(1);
  await asOwner(base, async (sql) => {
    await sql.unsafe(`create role ${reader} login password 'reads'`);
    await sql.unsafe(`grant pg_read_all_data to ${reader}`);
    await sql.unsafe(`grant connect on database ${database} to ${reader}`);
  });
  try {
    const url = Object.assign(new URL(base.ownerUrl), { username: reader, password: 'reads' });
    const report = await verifyDatabase(url.href, log.policy);
    expect(report).toMatchObject({ verdict: 'sound', findings: [] });
  } finally {
    await asOwner(base, async (sql) => {
      await sql.unsafe(`revoke all on database ${database} from ${reader}`);
      await sql.unsafe(`drop role ${reader}`);
    });
  }
});

describe('a superuser is found who', () => {
  test.each([
    [
      'says that somebody else looked',
      `update audit.access set actor_ref = 'operator:somebody-else'`,
      'disclosure.requested',
      /reads show otherwise/,
    ],
    [
      'says that less was looked at',
      `update audit.access set fields = '{evidence}'`,
      'disclosure.requested',
      /reads show otherwise/,
    ],
    [
      'gives a look another purpose',
      `update audit.access set purpose = 'legal'`,
      'disclosure.requested',
      /reads show otherwise/,
    ],
    [
      'says whom a look was about',
      `update audit.access set subject = 'report:another'`,
      'disclosure.requested',
      /reads show otherwise/,
    ],
    [
      'says that somebody else reported',
      `update public.report set reporter_ref = 'operator:somebody-else'`,
      'report.filed',
      /otherwise who reported whom/,
    ],
    [
      'says that somebody else was reported, for something else',
      `update public.report set subject_id = 'ben', category = 'spam'`,
      'report.filed',
      /otherwise who reported whom/,
    ],
    [
      'puts other words into a report',
      `update public.report set text = 'nothing much'`,
      'report.filed',
      /other words, or to another span/,
    ],
    [
      'takes the words out of a report, as an erasure would',
      `update public.report set text = ''`,
      'report.filed',
      /other words, or to another span/,
    ],
    [
      'says that a report is about another span',
      'update public.report set from_second = 1, to_second = 2',
      'report.filed',
      /other words, or to another span/,
    ],
    [
      'says that it was reported at another time',
      `update public.report set at = at - interval '1 hour'`,
      'report.filed',
      /otherwise who reported whom/,
    ],
    [
      'lets another have approved an erasure',
      `update audit.erasure set approved_by = 'operator:somebody-else'`,
      'member.erased',
      /requests for erasures show otherwise/,
    ],
    [
      'forgets who asked for an erasure',
      'delete from audit.erasure',
      'member.erased',
      /no request for an erasure has it/,
    ],
    [
      'lets an event be found by no word any more',
      `update audit.listing set words = '{}' where action = 'participant.removed'`,
      'participant.removed',
      /finds it by other words/,
    ],
    [
      'lets an event be found by other words',
      `update audit.listing set words = '{kind}' where action = 'participant.removed'`,
      'participant.removed',
      /finds it by other words/,
    ],
    [
      'lets somebody be found by words that were erased',
      `update audit.listing set words = '{because}' where action = 'participant.allowed_to_speak'`,
      'participant.allowed_to_speak',
      /finds it by other words/,
    ],
  ])('%s', async (_title, statement, action, what) => {
    await tamper(base, (sql) => sql.unsafe(statement));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    const found = report.findings.filter((each) => what.test(each.what));
    expect(found.map(({ event }) => event)).toContain(await log.newest(action));
  });
});
