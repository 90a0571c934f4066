import { beforeEach, describe, expect, it, test } from 'vitest';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import { publishClauses } from '#test/support/policies.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { tamper } from '#test/support/tamper.ts';

let base: TestDatabase;
let log: LivedLog;

const check = () => verifyDatabase(base.ownerUrl, log.policy);

const lived = useLivedCopies(async (base, log) => {
  await publishClauses(base.db, 'harassment', 'spam');
  await publishClauses(base.db, 'harassment');
  await log.sequence();
});
beforeEach(() => {
  ({ base, log } = lived);
});

test('as they are, policies are sound', async () => {
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
});

describe('a superuser with triggers off who', () => {
  it.each([
    [
      'rewrites a clause',
      `update policy_version set version = version,
        clauses = jsonb_set(clauses, '{0,words,en,text}', '"Be silent."') where version = 2`,
      /other clauses were published.*policy:2/,
    ],
    [
      'puts another clause of the same code before one',
      `update policy_version
        set clauses = jsonb_set(clauses, '{0,words,en,text}', '"Be silent."') || clauses
        where version = 2`,
      /other clauses were published.*policy:2/,
    ],
    [
      'leaves a clause without a code',
      `update policy_version set clauses = clauses #- '{0,code}' where version = 2`,
      /other clauses were published.*policy:2/,
    ],
    [
      'keeps no list of clauses at all',
      `update policy_version set clauses = '{}' where version = 2`,
      /other clauses were published.*policy:2/,
    ],
    [
      'drops one of an older version',
      'update policy_version set clauses = clauses - 1 where version = 1',
      /other clauses were published.*policy:1/,
    ],
    [
      'adds a version that nobody published',
      `insert into policy_version (version, clauses) values (3, '[]')`,
      /other clauses were published.*policy:3/,
    ],
    [
      'adds one that is no list',
      `insert into policy_version (version, clauses) values (3, '{}')`,
      /other clauses were published.*policy:3/,
    ],
    [
      'takes one away',
      'delete from policy_version where version = 2',
      /it was published, but is gone: policy:2/,
    ],
  ])('%s is found out', async (_title, statement, what) => {
    await tamper(base, (sql) => sql.unsafe(statement));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    expect(report.findings.filter((each) => what.test(each.what))).toHaveLength(1);
  });
});
