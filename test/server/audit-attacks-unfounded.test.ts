import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { correctEvent } from '#server/audit/correct-event.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { makeKey } from '#server/platform/keys.ts';
import { listNew } from '#test/support/list-new.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { tamper } from '#test/support/tamper.ts';

// Somebody with the application's password writes events of what never was.
let base: TestDatabase;
let log: LivedLog;
let admin: string;
let key: string;

const lived = useLivedCopies(async (base) => {
  const { id, actor } = await addOperator(base.db, ['admin']);
  admin = id;
  const asked = { name: 'Main', scopes: ['events'], callsPerMinute: null, days: 90 };
  const made = await makeKey(base.db, actor, asked);
  key = made.ok ? made.id : '';
});
beforeEach(() => {
  ({ base, log } = lived);
});

const check = () => verifyDatabase(base.ownerUrl, log.policy);

async function correct(event: string, why = 'A stolen password', by = admin) {
  const owner = openDb({ url: base.ownerUrl, max: 1 });
  return correctEvent(owner.sql, { event, by, why }).finally(() => owner.close());
}

async function pretend(entry: Partial<AuditEntry>): Promise<string> {
  const common = { outcome: 'accepted', occurred_at: Date.now(), actor: 'operator:7' } as const;
  const [id = ''] = await base.db.begin((tx) =>
    appendAudit(tx, [{ action: 'participant.muted', ...common, ...entry }]),
  );
  return id;
}

async function refOf(member: string): Promise<string> {
  const [row] = await base.db.sql`select 'member:' || ref as ref from member where id = ${member}`;
  return row?.ref;
}

describe('the application is found to say what never was, and the log’s owner may declare it so', () => {
  test.each([
    ['somebody was muted', async () => ({ target: await refOf('cem'), room: log.room })],
    [
      'somebody unknown was removed',
      async () => ({
        action: 'participant.removed',
        target: `member:${randomUUID()}`,
        room: log.room,
      }),
    ],
    ['the room ended', async () => ({ action: 'room.ended', target: `room:${log.room}` })],
    ['a room was opened', async () => ({ action: 'room.opened', target: 'room:none' })],
    [
      'an operator was disabled',
      async () => ({ action: 'operator.disabled', target: `operator:${admin}` }),
    ],
    [
      'somebody looked at a report',
      async () => ({ action: 'disclosure.requested', correlation: randomUUID() }),
    ],
    ['something was taken back', async () => ({ action: 'room.unlocked', reverses: randomUUID() })],
    [
      'a key was made',
      async () => ({ action: 'platform_key.made', target: 'platform:none', fields: [] }),
    ],
    [
      'somebody has roles that are no list',
      async () => ({
        target: `operator:${admin}`,
        action: 'operator.role_granted',
        fields: [{ name: 'after', value: { roles: 'lead' } }],
      }),
    ],
    [
      'a key holds until no time',
      async () => ({
        target: `platform:${key}`,
        action: 'platform_key.rotated',
        fields: [{ name: 'after', value: { valid_until: 'never' } }],
      }),
    ],
    [
      'somebody was removed, to no end',
      async () => ({
        target: await refOf('ben'),
        room: log.room,
        action: 'participant.removed',
        fields: [{ name: 'after', value: null }],
      }),
    ],
  ])('%s', async (_title, entry) => {
    const event = await pretend(await entry());
    await log.sequence();
    const before = await check();
    expect(before.verdict).toBe('tampered');
    expect(JSON.stringify(before.findings)).toContain(event);

    expect(await correct(event)).toMatchObject({ ok: true });
    await log.sequence();
    const after = await check();
    expect(after).toMatchObject({ verdict: 'sound', findings: [] });
    expect(after.remarks.join('\n')).toMatch(
      new RegExp(`Event ${event} .* operator:${admin} declared .*"A stolen password"`),
    );
  });
});

test('the application cannot say that an event was corrected', async () => {
  const action = 'log.corrected';
  const target = { reverses: await log.newest('room.locked'), target: 'event:any' };
  const before = await base.db.sql`select max(event_id::text) as newest from audit.event`;
  for (const entry of [target, {}, { ...target, outcome: 'refused' as const }]) {
    await expect(pretend({ ...entry, action })).rejects.toThrow('has the action of a correction');
  }
  expect(await base.db.sql`select max(event_id::text) as newest from audit.event`).toEqual(before);
  const inner = base.db.sql`
    select audit.append_correction(gen_random_uuid(), now(), 'a', gen_random_uuid(), 'r', 'w')`;
  await expect(inner).rejects.toMatchObject({ code: '42501' });
});

test('a correction is refused without right, reason or an event of its kind, and twice', async () => {
  const event = await pretend({ target: await refOf('cem'), room: log.room });
  const lead = await addOperator(base.db, ['moderator']);
  const refused = (reason: string) => ({ ok: false, reason });
  expect(await correct(event, 'x', lead.id)).toEqual(refused('forbidden'));
  expect(await correct(event, ' ')).toEqual(refused('invalid'));
  expect(await correct(randomUUID())).toEqual(refused('event_not_found'));
  const done = await correct(event);
  expect(done.ok).toBe(true);
  expect(await correct(event)).toEqual(refused('corrected'));
  expect(await correct(done.ok ? done.event : '')).toEqual(refused('corrected'));
});

describe('a superuser is found who', () => {
  test('corrects an event without saying so in the log', async () => {
    const event = await log.newest('room.locked');
    await tamper(base, async (sql) => {
      await sql`update room set locked = false`;
      await sql`insert into audit.correction (event_id, corrected_by) values (${event}, ${randomUUID()})`;
    });
    const { verdict, findings } = await check();
    expect(verdict).toBe('tampered');
    expect(findings.map(({ what }) => what).join('\n')).toMatch(/but the corrections do/);
    expect(findings.map((each) => each.event)).toContain(event);
  });

  test('corrects an event that was true, and changes state: each check says so', async () => {
    const event = await log.newest('room.locked');
    await correct(event, 'Nothing');
    await tamper(base, (sql) => sql`update room set locked = false`);
    await log.sequence();
    expect((await check()).remarks.join('\n')).toContain(
      `Event ${event} (room.locked) is left out`,
    );
  });

  test('lets a state be that only an event of what never was says', async () => {
    const event = await pretend({ target: await refOf('cem'), room: log.room });
    await correct(event);
    await log.sequence();
    await tamper(base, (sql) => sql`update participant set mute_rank = 2 where member_id = 'cem'`);
    const { verdict, findings } = await check();
    expect(verdict).toBe('tampered');
    expect(findings.map(({ what }) => what).join('\n')).toMatch(/is muted, and no event says so/);
  });

  test.each([
    [
      'takes such an event from the list that is searched',
      'delete from audit.listing where event_id =',
      /the list that is searched lacks it/,
    ],
    [
      'lists such an event as another',
      `update audit.listing set action = 'room.unlocked' where event_id =`,
      /the list that is searched shows it otherwise/,
    ],
  ])('%s', async (_title, change, what) => {
    const event = await log.newest('room.locked');
    const done = await correct(event, 'Nothing');
    await log.sequence();
    await listNew(base);
    await tamper(base, (sql) => sql.unsafe(`update room set locked = false; ${change} '${event}'`));
    const { verdict, findings } = await check();
    expect(done.ok && verdict).toBe('tampered');
    expect(findings).toMatchObject([{ event, what: expect.stringMatching(what) }]);
  });

  test('lets a look at what is sealed never have been, but keeps its row', async () => {
    const report = { target: `report:${randomUUID()}`, fields: [] };
    const asked = await pretend({
      action: 'disclosure.requested',
      correlation: randomUUID(),
      ...report,
    });
    await correct(asked);
    await log.sequence();
    await tamper(
      base,
      (sql) => sql`
        insert into audit.access (access_id, actor_ref, subject, fields, purpose, why)
        select correlation_id, actor_ref, target_ref, '{reporter}', 'case', 'x'
        from audit.event where event_id = ${asked}`,
    );
    const { findings } = await check();
    expect(findings.map(({ what }) => what).join()).toMatch(/no event is about the request/);
  });

  test('forgets a correction', async () => {
    const event = await pretend({ target: await refOf('cem'), room: log.room });
    const done = await correct(event);
    await log.sequence();
    await tamper(base, (sql) => sql`delete from audit.correction`);
    const { findings } = await check();
    expect(findings.map((each) => each.event)).toContain(done.ok && done.event);
  });
});

test('corrections are not changed or deleted', async () => {
  const owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  await correct(await pretend({ target: await refOf('cem'), room: log.room }));
  for (const statement of [
    'update audit.correction set event_id = event_id',
    'delete from audit.correction',
    'truncate audit.correction',
  ]) {
    await expect(owner.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
  }
  await owner.end();
});
