import { expect } from 'vitest';
import type { Report } from '#server/audit/verify/findings.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

/** Ways to check the copy that a test has of a log. @param lived what `useLivedCopies` gave */
export function verifyLived(lived: { base: TestDatabase; log: LivedLog }) {
  const check = (more: Partial<LivedLog['policy']> = {}) =>
    verifyDatabase(lived.base.ownerUrl, { ...lived.log.policy, ...more });

  /** Events that a report names. */
  const named = ({ findings }: Report) => new Set(findings.map(({ event }) => event));

  async function expectFound(event: string, what: RegExp): Promise<void> {
    const report = await check();
    expect(report.verdict).toBe('tampered');
    expect(named(report)).toContain(event);
    expect(
      report.findings
        .filter((each) => each.event === event)
        .map((each) => each.what)
        .join('\n'),
    ).toMatch(what);
  }

  return { check, named, expectFound };
}
