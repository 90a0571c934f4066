import { measureActs } from './audit-acts.ts';
import { measureCheckpoints } from './audit-checkpoints.ts';
import { measureLongLog } from './audit-long-log.ts';
import type { SuiteResult } from './figure.ts';

/** What the audit log costs those who act, and how soon and how fast it answers those who check. */
export async function measureAudit(): Promise<SuiteResult> {
  const parts = [await measureActs(), await measureCheckpoints(), await measureLongLog()];
  return {
    figures: parts.flatMap(({ figures }) => figures),
    notes: [...new Set(parts.flatMap(({ notes }) => notes))],
  };
}
