import { beforeEach, describe, expect, test } from 'vitest';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import { ORIGIN } from '#test/support/log-tree.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { rebuildTiles } from '#test/support/rebuild-tiles.ts';
import { asOwner } from '#test/support/rooms.ts';
import { tamper } from '#test/support/tamper.ts';
import { verifyLived } from '#test/support/verify-lived.ts';

// What somebody with every right on the database might do, and that it is found.
let base: TestDatabase;
let log: LivedLog;

const lived = useLivedCopies();
beforeEach(() => {
  ({ base, log } = lived);
});

const { check, expectFound } = verifyLived(lived);

test('an honest log with a life behind it is sound', async () => {
  const report = await check();
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ verdict: 'sound', origin: ORIGIN, checkpoints: 3 });
  expect(report.events).toBeGreaterThan(10);
});

describe('a superuser is found who', () => {
  test('edits bytes', async () => {
    const event = await log.newest('participant.removed');
    await tamper(
      base,
      (sql) => sql`
      update audit.event set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where event_id = ${event}`,
    );
    await expectFound(event, /not the hash of its leaf/);
  });

  test('edits bytes and all hashes of them', async () => {
    const event = await log.newest('participant.removed');
    await tamper(base, async (sql) => {
      await sql`update audit.event set leaf = replace(convert_from(leaf, 'UTF8'), '"c":"', '"c":"0')::bytea
        where event_id = ${event}`;
      await sql`update audit.event set leaf_hash = sha256('\\x00'::bytea || leaf) where event_id = ${event}`;
      await sql`update audit.leaf l set leaf_hash = e.leaf_hash from audit.event e
        where e.event_id = l.event_id and l.event_id = ${event}`;
      await rebuildTiles(sql);
    });
    await expectFound(event, /its leaf was changed/);
  });

  test('edits a private reason', async () => {
    const event = await log.newest('participant.removed');
    await tamper(
      base,
      (sql) => sql`
      update audit.disclosure set value = '"nothing at all"'
      where event_id = ${event} and name = 'reason'`,
    );
    await expectFound(event, /fields are not those its leaf commits to/);
  });

  test('edits a public column', async () => {
    const event = await log.newest('participant.removed');
    await tamper(
      base,
      (sql) => sql`
      update audit.event set actor_ref = 'operator:other' where event_id = ${event}`,
    );
    await expectFound(event, /its actor is "operator:other"/);
  });

  test('edits a column and the field that says what it was', async () => {
    const event = await log.newest('participant.removed');
    await tamper(base, async (sql) => {
      await sql`update audit.event set outcome = 'refused' where event_id = ${event}`;
      await sql`update audit.disclosure set value = replace(value, 'accepted', 'refused')
        where event_id = ${event} and name = 'event'`;
    });
    await expectFound(event, /fields are not those its leaf commits to/);
  });

  test('empties a field as if its person were erased', async () => {
    const event = await log.newest('participant.removed');
    await tamper(
      base,
      (sql) => sql`
      update audit.disclosure set digest = audit.field_digest(salt, name, value), salt = null,
        value = null, erased_at = now(), erased_by = event_id
      where event_id = ${event} and name = 'reason'`,
    );
    await expectFound(event, /name the erasure .*, which is not in the log/);
  });

  test.each([
    [
      'unmutes somebody',
      `update participant set mute_rank = 0 where member_id = 'ana'`,
      'participant.muted ana',
      /is not muted, but/,
    ],
    [
      'mutes somebody',
      `update participant set mute_rank = 2 where member_id = 'dia'`,
      'participant.allowed_to_speak dia',
      /is muted, but/,
    ],
    [
      'readmits somebody',
      `update participant set removed_at = null, removed_until = null where member_id = 'ben'`,
      'participant.removed ben',
      /is not removed, but/,
    ],
    [
      'makes somebody a moderator',
      `update participant set role = 'moderator' where member_id = 'cem'`,
      'participant.promoted cem',
      /is moderator, but/,
    ],
    ['unlocks the room', `update room set locked = false`, 'room.locked', /is not locked, but/],
    [
      'takes somebody off the list',
      `delete from participant where member_id = 'ana'`,
      'participant.muted ana',
      /no longer among the people/,
    ],
  ])('changes state with triggers off: %s', async (_title, statement, about, what) => {
    const [action = '', member] = about.split(' ');
    const event = await log.newest(action, member);
    await tamper(base, (sql) => sql.unsafe(statement));
    await expectFound(event, what);
  });

  test.each([
    [
      'replaces audit.append',
      `create or replace function audit.append(events jsonb) returns table (ordinal int, event_id uuid) language sql as 'select 0, gen_random_uuid()'`,
      /function audit.append\(events jsonb\) is not as shipped/,
    ],
    [
      'leaves a trigger off',
      `alter table participant disable trigger on_record_update`,
      /trigger on_record_update on public.participant is not as shipped/,
    ],
    [
      'grants the application a right',
      `grant update on audit.event_default to rostrum_app`,
      /table audit.event_default is not as shipped/,
    ],
    [
      'grants a right on one column',
      `grant update (value) on audit.disclosure to rostrum_app`,
      /column audit.disclosure.value is not as shipped/,
    ],
    [
      'gives the application a function of the log',
      'alter function audit.append(jsonb) owner to rostrum_app',
      /function audit.append\(events jsonb\) is not as shipped/,
    ],
    [
      'adds a rule',
      `create rule quiet as on insert to audit.outbox do instead nothing`,
      /rule quiet on audit.outbox was added/,
    ],
  ])('%s', async (_title, statement, what) => {
    await asOwner(base.ownerUrl, (sql) => sql.unsafe(statement));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    expect(report.findings.map((each) => each.what).join('\n')).toMatch(what);
  });
});
